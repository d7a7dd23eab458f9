"""A run leaves its caller's context variables as they were."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every run that ended and was started by a caller, not by a stage."""
    judgement = Judgement()
    requested = {request.key for request in observation.scenario.requests}
    for event in observation.history:
        if event.kind is EventKind.RUN_ENDED and event.run in requested:
            left = event.value.get("context")
            judgement.judge(
                not left,
                "context-left",
                lambda event=event, left=left: (  # type: ignore[misc]
                    f"run {event.run} ended, and left its caller with other values of the context"
                    f" variables {left}"
                ),
                event.seq,
                run=event.run,
            )
    return judgement.verdict()


LAW = Law(
    id="lifecycle/context-unchanged",
    statement="When a run has ended, its caller has the context variables that it had.",
    category=Category.RELIABILITY,
    capability=Capability.DAG,
    classes={
        "context-left": OutcomeClass(
            title="A run leaves its own context variables to its caller",
            severity=Severity.MEDIUM,
            why="what the caller does next is put down to the wrong run: its ids, its receivers of"
            " events",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
