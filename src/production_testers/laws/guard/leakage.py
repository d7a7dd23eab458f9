"""A detector that looks for attempts to get the system prompt finds some plain ones."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every list of attempts: one of them has to be found, for none is hidden."""
    judgement = Judgement()
    for line in calls_of(observation, "leakage"):
        if line.outcome == "returned" and isinstance(line.value, list):
            passed = line.value
            judgement.judge(
                not all(passed),
                "none-found",
                lambda: f"none of {line.call.arguments['texts']} is found",
                run=line.key,
            )
    return judgement.verdict()


LAW = Law(
    id="guard/leakage",
    statement="Of the plainest requests for the system prompt, a detector that looks for such"
    " requests finds at least one.",
    category=Category.SECURITY,
    capability=Capability.LEAKAGE_DETECTION,
    units=frozenset({"guard_checks"}),
    classes={
        "none-found": OutcomeClass(
            title="No request for the system prompt is found, though they are looked for",
            severity=Severity.MEDIUM,
            why="a protection that is relied on is not there",
            type=FindingType.SECURITY,
        ),
    },
    check=check,
)
