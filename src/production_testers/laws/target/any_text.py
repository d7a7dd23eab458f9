"""A text that callers may write as they like comes out as it went in, and breaks nothing."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.target.requests import Request, requests_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every undisturbed request with an odd text of which the plain one was made twice alone.

    It may be refused with an error. Where an ordinary text comes out of the application as it went
    in, at some place of the answer, an odd one must come out of the same place likewise.
    """
    judgement = Judgement()
    target, requests = requests_of(observation)
    if not target.promises.free_text:
        return judgement.verdict()
    alone: dict[int, list[Request]] = {}
    for request in requests:
        if request.alone and request.line.outcome == "returned":
            alone.setdefault(request.record, []).append(request)
    for request in requests:
        plain = alone.get(request.record, [])
        if not request.odd or not request.undisturbed or len(plain) != 2 or not request.answer:
            continue
        texts, ordinary = request.texts(), plain[0].texts()
        member = request.odd
        places = [
            place
            for place, value in plain[0].answer.items()
            if value == ordinary.get(member) and plain[1].answer.get(place) == value
        ]
        assert request.line.ended is not None, "it has returned"
        for place in places:
            judgement.judge(
                request.answer.get(place) == texts.get(member),
                "changed",
                lambda: (
                    f"call {request.key} of request {request.record} was given another text as"
                    f" {member}, and at {place} it did not come out as it went in"
                ),
                request.line.ended.seq,
                run=request.key,
                stage=place.partition(".")[0] if "." in place else "",
            )
        judgement.exercised += 1
    return judgement.verdict()


LAW = Law(
    id="target/any-text",
    statement="A text that may be any, empty, long, or of any script, comes out as it went in"
    " wherever an ordinary one does, where the application promises it.",
    category=Category.CORRECTNESS,
    capability=Capability.TARGET,
    units=frozenset({"target"}),
    classes={
        "changed": OutcomeClass(
            title="A text comes out changed",
            severity=Severity.MEDIUM,
            why="names and addresses of real people are damaged, and nobody is told",
        ),
    },
    check=check,
)
