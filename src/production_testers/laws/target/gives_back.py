"""What a request opened is given back when it has ended."""

from collections import Counter

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.target.requests import requests_of, where
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every request that ended, however it did, where services say what opens and closes.

    Whoever has begun to give something back has done so: a caller who gives up at that moment, or
    a service that fails then, is no leak of the application.
    """
    judgement = Judgement()
    target, requests = requests_of(observation)
    stages = frozenset(target.stages)
    for request in requests:
        opened = list(request.emitted("opened"))
        if not opened or request.line.ended is None:
            continue
        closed = Counter(_service(e.value["operation"]) for e in request.emitted("closed"))
        counts = Counter(_service(event.value["operation"]) for event in opened)
        for service, count in sorted(counts.items()):
            first = next(e for e in opened if _service(e.value["operation"]) == service)
            stage = request.stage_at(first, stages)
            judgement.judge(
                closed[service] >= count,
                "kept",
                lambda: (
                    f"call {request.key} {request.line.in_words()} and has opened {count} and"
                    f" given back {closed[service]} of {service}, in {where(target, stage)}"
                ),
                first.seq,
                run=request.key,
                stage=stage,
            )
    return judgement.verdict()


def _service(operation: object) -> str:
    return str(operation).partition(".")[0]


LAW = Law(
    id="target/gives-back",
    statement="What a request opened (a connection, a lock) is given back when the request has"
    " ended, however it ended.",
    category=Category.RELIABILITY,
    capability=Capability.TARGET,
    units=frozenset({"target"}),
    classes={
        "kept": OutcomeClass(
            title="A request ends and keeps a connection",
            severity=Severity.HIGH,
            why="each failure takes one away, until none is left and every request waits",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
