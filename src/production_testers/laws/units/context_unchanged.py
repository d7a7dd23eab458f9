"""A call leaves its caller's context variables as they were."""

from collections.abc import Iterator

from production_testers.laws.law import (
    ANY_UNIT,
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of, unit_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def _ended(observation: Observation) -> Iterator[CallLine]:
    operations = unit_of(observation).operations
    for line in calls_of(observation):
        if line.ended is not None and not operations[line.call.operation].sets_context:
            yield line


def check(observation: Observation) -> Verdict:
    """Judge every call that ended, of operations that are not there to set the context."""
    judgement = Judgement()
    for line in _ended(observation):
        assert line.ended is not None, "it ended"
        left = line.ended.value.get("context")
        judgement.judge(
            not left,
            "context-left",
            lambda line=line, left=left: (  # type: ignore[misc]
                f"call {line.key} of {line.call.operation} {line.in_words()}, and left its caller"
                f" with other values of the context variables {left}"
            ),
            line.ended.seq,
            run=line.key,
        )
    return judgement.verdict()


LAW = Law(
    id="units/context-unchanged",
    statement="After a call the context variables of its caller are what they were before, unless"
    " setting them is what the call is for.",
    category=Category.RELIABILITY,
    capability=Capability.UNITS,
    units=ANY_UNIT,
    classes={
        "context-left": OutcomeClass(
            title="A call leaves its own context variables to its caller",
            severity=Severity.MEDIUM,
            why="what the caller does next is put down to the wrong work: its ids, its receivers"
            " of events",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
