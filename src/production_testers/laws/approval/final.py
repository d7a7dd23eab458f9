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
    """Judge every two looks at a request, of which one came after the other."""
    judgement = Judgement()
    looks = [line for line in calls_of(observation, "status", "cancel", "wait") if line.ended]
    for first in looks:
        for later in looks:
            same = first.call.arguments["ref"] == later.call.arguments["ref"]
            if same and ended_before(first, later):
                _judge(first, later, judgement)
    return judgement.verdict()


def _judge(first: CallLine, later: CallLine, judgement: Judgement) -> None:
    was, now = _shown(first), _shown(later)
    open_yet = was not in {*ENDED, _NOT_GRANTED} or not now
    either = _NOT_GRANTED in (was, now) and "granted" not in (was, now)
    judgement.judge(
        open_yet or either or now == was,
        "overturned" if was in {*DECIDED, _NOT_GRANTED} else "revived",
        lambda: (
            f"{first.call.arguments['ref']} was {was} in call {first.key}, and"
            f" {now} in the later call {later.key}"
        ),
        run=later.key,
    )


_NOT_GRANTED = "not granted"
"""What a wait that was answered with no shows: refused, or cancelled."""


def _shown(line: CallLine) -> str:
    """What a call shows about its request; empty where that is nothing certain."""
    operation = line.call.operation
    if operation == "status" and isinstance(line.value, str):
        return line.value
    if operation == "cancel" and line.value is True:
        return "cancelled"
    if operation == "wait" and line.outcome == "returned":
        return "granted" if line.value is True else _NOT_GRANTED
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
            why="the record no longer shows the decision that was acted upon; not promised",
            type=FindingType.IMPROVEMENT,
        ),
    },
    check=check,
)
