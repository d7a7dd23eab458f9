"""A bad answer of a service does not become a success."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.target.requests import Request, requests_of, told_otherwise, where
from production_testers.model.canonical import Json
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.usage import SPOILINGS
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every request in which a service's last answer was bad, where the team promises it.

    Half of an answer may hold all that the application reads of it: where what it answers is then
    as it is when it is made alone, nothing bad was taken. Where services tell something else than
    alone, or the request holds an odd text, nobody knows what that is.
    """
    judgement = Judgement()
    target, requests = requests_of(observation)
    if not target.promises.refuses_bad_answers:
        return judgement.verdict()
    stages = frozenset(target.stages)
    alone = _alone(requests)
    for request in requests:
        works = request.line.works
        last = {work.label: work for work in works}
        for event in request.line.events:
            work = last.get(event.stage)
            if (
                event.kind is EventKind.FAULT_FIRED
                and event.value.get("fault") in SPOILINGS
                and "." in event.stage
                and work is not None
                and work.nth == event.attempt
                and request.line.ended is not None
                and not _enough(event.value.get("fault"), request, alone.get(request.record, []))
            ):
                stage = request.stage_at(event, stages)
                judgement.judge(
                    request.line.outcome != "returned",
                    "taken",
                    lambda: (
                        f"{event.stage} gave a bad answer ({event.value.get('fault')}) in"
                        f" {where(target, stage)}, and call {request.key} was a success"
                    ),
                    event.seq,
                    run=request.key,
                    stage=stage,
                )
    return judgement.verdict()


def _alone(requests: list[Request]) -> dict[int, list[Request]]:
    made: dict[int, list[Request]] = {}
    for request in requests:
        if request.alone:
            made.setdefault(request.record, []).append(request)
    return made


def _owed(alone: list[Request]) -> dict[str, Json]:
    """What the answers made alone have in common: the rest is a time, or an id."""
    if not alone:
        return {}
    return dict(set.intersection(*(set(one.answer.items()) for one in alone)))


def _enough(fault: Json, request: Request, alone: list[Request]) -> bool:
    """Whether half of an answer was all that the application reads of it, or nobody can tell."""
    if fault != "truncated" or request.line.outcome != "returned":
        return False
    owed = {} if request.odd else _owed(alone)
    return not owed or owed.items() <= request.answer.items() or told_otherwise(request, alone)


LAW = Law(
    id="target/bad-answers",
    statement="An empty, truncated or otherwise bad answer of a service does not become a success,"
    " where the application promises it.",
    category=Category.CORRECTNESS,
    capability=Capability.TARGET,
    units=frozenset({"target"}),
    classes={
        "taken": OutcomeClass(
            title="A bad answer of a service is taken for a good one",
            severity=Severity.HIGH,
            why="what a model or a database did not say is passed on as what it said",
        ),
    },
    check=check,
)
