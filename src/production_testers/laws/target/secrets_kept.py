"""What counts as secret stays where it belongs."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.target.requests import Request, requests_of, where
from production_testers.model.history import Event
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.target import Target
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every request, where the team says which of its members are secret."""
    judgement = Judgement()
    target, requests = requests_of(observation)
    if not target.promises.secrets:
        return judgement.verdict()
    for request in requests:
        _of(request, target, judgement)
    return judgement.verdict()


def _of(request: Request, target: Target, judgement: Judgement) -> None:
    stages = frozenset(target.stages)
    told = {event.value["record"] for event in request.emitted("secret") if _is(event, "error")}
    for event in request.emitted("secret"):
        place, record = str(event.value["where"]), event.value["record"]
        if place == "log" and record in told:
            continue  # whoever logs the error: the error is what holds it
        stage = request.stage_at(event, stages)
        if place in ("log", "error"):
            judgement.judge(
                False,  # noqa: FBT003 - it was seen
                "in-log" if place == "log" else "in-error",
                lambda: (
                    f"call {request.key} wrote a secret of request {record} into"
                    f" {'its log' if place == 'log' else 'its error'}, in {where(target, stage)}"
                ),
                event.seq,
                run=request.key,
                stage=stage,
            )
        else:
            judgement.judge(
                record == request.record,
                "of-another",
                lambda: (
                    f"call {request.key} of request {request.record} had a secret of request"
                    f" {record} in its {place}, in {where(target, stage)}"
                ),
                event.seq,
                run=request.key,
                stage=stage,
            )
    judgement.exercised += request.line.ended is not None


def _is(event: Event, place: str) -> bool:
    return event.value["where"] == place


LAW = Law(
    id="target/secrets-kept",
    statement="What the team says is secret stands in no log and no error, and in nothing of"
    " another request.",
    category=Category.SECURITY,
    capability=Capability.TARGET,
    units=frozenset({"target"}),
    classes={
        "in-log": OutcomeClass(
            title="The application writes secrets into its log",
            severity=Severity.HIGH,
            why="logs are read by many and kept for long",
            type=FindingType.SECURITY,
        ),
        "in-error": OutcomeClass(
            title="The application's errors hold secrets",
            severity=Severity.HIGH,
            why="errors are shown to callers and sent to trackers",
            type=FindingType.SECURITY,
        ),
        "of-another": OutcomeClass(
            title="A request is given secrets of another one",
            severity=Severity.CRITICAL,
            why="one customer's data reaches another",
            type=FindingType.SECURITY,
        ),
    },
    check=check,
)
