"""A request that was decided, cancelled or has expired stays what it is."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of, ended_before
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.approval import DECIDED, ENDED


def check(observation: Observation) -> Verdict:
    """Judge every request whose end somebody saw, by what is seen of it later."""
    judgement = Judgement()
    seen = [(line, shown) for line in calls_of(observation) if (shown := _shown(line))]
    for first, was in seen:
        for later, now in seen:
            same = first.call.arguments["ref"] == later.call.arguments["ref"]
            if same and was in ENDED and ended_before(first, later):
                judgement.judge(
                    now == was,
                    "overturned" if was in DECIDED else "revived",
                    lambda: (
                        f"{first.call.arguments['ref']} was {was} in call {first.key}, and"
                        f" {now} in the later call {later.key}"
                    ),
                    run=later.key,
                )
    return judgement.verdict()


def _shown(line: CallLine) -> str:
    """What a call shows about its request; empty where that is nothing certain."""
    operation, ended_well = line.call.operation, line.outcome == "returned"
    if operation == "status" and isinstance(line.value, str):
        return line.value
    if operation == "cancel" and line.value is True:
        return "cancelled"
    if operation == "wait" and ended_well and line.value is True:
        return "granted"
    return ""


LAW = Law(
    id="approval/final",
    statement="The end of a request for approval is final: what was granted, refused, cancelled"
    " or has expired is not seen as anything else later.",
    category=Category.CORRECTNESS,
    capability=Capability.APPROVAL,
    units=frozenset({"approval"}),
    classes={
        "revived": OutcomeClass(
            title="An approval that was cancelled or has expired can still be decided",
            severity=Severity.MEDIUM,
            why="an action that was taken back or given up counts as approved",
            type=FindingType.SECURITY,
        ),
        "overturned": OutcomeClass(
            title="A decision about an approval is replaced by a later one",
            severity=Severity.LOW,
            why="the record no longer shows the decision that was acted upon",
        ),
    },
    check=check,
)
