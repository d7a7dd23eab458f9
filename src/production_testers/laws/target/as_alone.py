"""A request is answered as it is when it is made alone."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.target.requests import Request, requests_of, told_otherwise
from production_testers.laws.usage import ended_before
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.target import Target
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every undisturbed request of which the same was made twice alone.

    What differs between those two (a time, an id) is nothing that an answer owes. A request that a
    service told something else than alone, asked the same, owes another answer: stock is sold out.
    """
    judgement = Judgement()
    target, requests = requests_of(observation)
    if not target.promises.independent:
        return judgement.verdict()
    alone: dict[int, list[Request]] = {}
    for request in requests:
        if request.alone:
            alone.setdefault(request.record, []).append(request)
    others = [one for one in requests if not (one.alone or one.odd) and one.undisturbed]
    for request in others:
        first = alone.get(request.record, [])
        answered = len(first) == 2 and {one.line.outcome for one in first} == {"returned"}
        if answered and not told_otherwise(request, first):
            _ends(request, requests, target, judgement)
            if request.line.outcome == "returned":
                _answers(request, first, requests, judgement)
    return judgement.verdict()


def _beside(request: Request, requests: list[Request]) -> str:
    """Whether others were under way at the same time, or something had gone wrong before."""
    for other in requests:
        if other is request or other.alone:
            continue
        if not ended_before(other.line, request.line) and not ended_before(
            request.line, other.line
        ):
            return "beside"
    return "after"


def _ends(request: Request, requests: list[Request], target: Target, judgement: Judgement) -> None:
    line = request.line
    if line.ended is None or line.outcome == "refused":
        return
    way = "fails-beside-others" if _beside(request, requests) == "beside" else "stays-broken"
    judgement.judge(
        line.outcome == "returned",
        way,
        lambda: f"alone, request {request.record} is answered; call {line.key} {line.in_words()}",
        line.ended.seq,
        run=line.key,
        stage=_failed(request, target),
    )


def _answers(
    request: Request, first: list[Request], requests: list[Request], judgement: Judgement
) -> None:
    one, two = (before.answer for before in first)
    owed = {path: value for path, value in one.items() if two.get(path) == value}
    if not owed or not request.answer:
        return
    wrong = sorted(path for path, value in owed.items() if request.answer.get(path) != value)
    more = sorted(request.answer.keys() - one.keys() - two.keys())
    way = "answer-differs" if _beside(request, requests) == "beside" else "stays-different"
    assert request.line.ended is not None, "it has returned"
    judgement.judge(
        not wrong and not more,
        way,
        lambda: (
            f"call {request.key} of request {request.record} has another"
            f" {', '.join((wrong or more)[:3])} than alone"
        ),
        request.line.ended.seq,
        run=request.key,
        stage=_first(request, wrong or more),
    )


def _first(request: Request, paths: list[str]) -> str:
    """The stage that ended first of those whose part of the answer is wrong."""
    wrong = {path.partition(".")[0] for path in paths}
    ended = [w for w in request.line.works if w.label in wrong and w.ended is not None]
    return min(ended, key=lambda work: work.ended.seq if work.ended else 0).label if ended else ""


def _failed(request: Request, target: Target) -> str:
    """The stage that raised last."""
    raised = [w.label for w in request.line.works if w.how == "raised" and w.label in target.stages]
    return raised[-1] if raised else ""


LAW = Law(
    id="target/as-alone",
    statement="A request that nothing is wrong with is answered as it is when it is made alone,"
    " whatever other requests are under way or have failed before.",
    category=Category.CORRECTNESS,
    capability=Capability.TARGET,
    units=frozenset({"target"}),
    classes={
        "answer-differs": OutcomeClass(
            title="Requests at the same time change each other's answers",
            severity=Severity.CRITICAL,
            why="users are given what belongs to others, or what is wrong",
        ),
        "fails-beside-others": OutcomeClass(
            title="A request fails because of others at the same time",
            severity=Severity.HIGH,
            why="it is answered when it is alone: load alone makes it fail",
            type=FindingType.RELIABILITY,
        ),
        "stays-broken": OutcomeClass(
            title="After a failure later requests fail, too",
            severity=Severity.HIGH,
            why="the application does not recover by itself",
            type=FindingType.RELIABILITY,
        ),
        "stays-different": OutcomeClass(
            title="After other requests a request is answered differently",
            severity=Severity.HIGH,
            why="what one request leaves behind changes the next one's answer",
        ),
    },
    check=check,
)
