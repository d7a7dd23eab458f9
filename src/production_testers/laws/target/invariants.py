"""What the team itself says must hold of every answer."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.target.requests import requests_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every invariant on every answer; one that cannot be evaluated judges nothing."""
    judgement = Judgement()
    _target, requests = requests_of(observation)
    for request in requests:
        for event in request.emitted("invariant"):
            if event.value["holds"] is None:
                continue
            name, said = event.value["invariant"], event.value["said"]
            judgement.judge(
                bool(event.value["holds"]),
                "broken" if request.undisturbed else "broken-by-failure",
                lambda: (
                    f"{name} does not hold of the answer of call {request.key} to request"
                    f" {request.record}{f': {said}' if said else ''}"
                ),
                event.seq,
                run=request.key,
            )
    return judgement.verdict()


LAW = Law(
    id="target/invariants",
    statement="What the team says of every answer holds of every answer.",
    category=Category.CORRECTNESS,
    capability=Capability.TARGET,
    units=frozenset({"target"}),
    classes={
        "broken": OutcomeClass(
            title="An answer breaks one of the team's own invariants",
            severity=Severity.HIGH,
            why="the team says that this must never happen",
        ),
        "broken-by-failure": OutcomeClass(
            title="When something goes wrong, an answer breaks one of the team's own invariants",
            severity=Severity.HIGH,
            why="a failure becomes a wrong answer instead of an error",
        ),
    },
    check=check,
)
