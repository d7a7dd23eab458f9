"""Once every call has ended, nothing of the unit is left at work."""

from production_testers.laws.law import (
    ANY_UNIT,
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import calls_of, unit_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge a usage whose calls have all ended."""
    judgement = Judgement()
    lines = calls_of(observation)
    if not lines or any(line.ended is None for line in lines):
        return judgement.verdict()
    left = observation.left
    background = unit_of(observation).background
    usage = observation.scenario.usage
    assert usage is not None, "its calls are judged"
    elsewhere = unit_of(observation).elsewhere(usage)
    judgement.judge(
        not left.pending,
        "task-left",
        lambda: f"every call has ended, and these tasks wait for ever: {', '.join(left.pending)}",
    )
    for line in lines:
        assert line.ended is not None, "all of them have"
        late = [
            work
            for work in line.works
            if work.label not in background
            and work.label.partition(".")[0] not in elsewhere
            and (work.ended is None or work.ended.seq > line.ended.seq)
        ]
        judgement.judge(
            not late,
            "work-goes-on",
            lambda: (
                f"call {line.key} of {line.call.operation} {line.in_words()}, and the caller's own"
                f" code {late[0].label} that it had started went on"
            ),
            line.ended.seq,
            *(work.started.seq for work in late[:1]),
            run=line.key,
        )
    return judgement.verdict()


LAW = Law(
    id="units/leaves-nothing",
    statement="When a call has ended, none of the caller's own code that it started goes on, and"
    " when all calls have ended, no task is left.",
    category=Category.RELIABILITY,
    capability=Capability.UNITS,
    units=ANY_UNIT,
    classes={
        "task-left": OutcomeClass(
            title="A task is left behind that waits for ever",
            severity=Severity.MEDIUM,
            why="a service that runs for months collects them",
            type=FindingType.RELIABILITY,
        ),
        "work-goes-on": OutcomeClass(
            title="The caller's own code goes on after its call has ended",
            severity=Severity.HIGH,
            why="what the caller believes to be over still has effects",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
