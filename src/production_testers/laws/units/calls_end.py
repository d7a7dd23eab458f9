"""A call ends once the caller's own code has."""

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


def check(observation: Observation) -> Verdict:
    """Judge every call that started, where no code of any caller hangs by the scenario's will."""
    judgement = Judgement()
    lines = calls_of(observation)
    operations = unit_of(observation).operations
    if any(work.ended is None for line in lines for work in line.works):
        return judgement.verdict()
    for line in lines:
        if line.started is None or operations[line.call.operation].waits:
            continue
        if line.given_up is not None:
            _given_up(line, judgement)
        else:
            judgement.judge(
                line.ended is not None,
                "never-ends",
                lambda: (
                    f"call {line.key} of {line.call.operation} never ended, though all of the"
                    " callers' own code had"
                ),
                line.started.seq,
                run=line.key,
            )
    return judgement.verdict()


def _given_up(line: CallLine, judgement: Judgement) -> None:
    assert line.given_up is not None, "it was"
    judgement.judge(
        line.ended is not None,
        "cancellation-ignored",
        lambda: f"call {line.key} of {line.call.operation} went on for ever after it was cancelled",
        line.given_up.seq,
        run=line.key,
    )
    stopped = [
        work
        for work in line.works
        if work.how == "stopped" and work.ended and work.ended.seq > line.given_up.seq
    ]
    if line.ended is not None and stopped:
        judgement.judge(
            line.outcome != "returned",
            "cancellation-hidden",
            lambda: (
                f"call {line.key} of {line.call.operation} was cancelled, which stopped"
                f" {stopped[0].label}, and it {line.in_words()}"
            ),
            line.given_up.seq,
            line.ended.seq,
            run=line.key,
        )


LAW = Law(
    id="units/calls-end",
    statement="A call ends once the caller's own code that it waits for has ended, and a cancelled"
    " call ends; where that stopped the caller's own code, it gives no answer.",
    category=Category.RELIABILITY,
    capability=Capability.UNITS,
    units=ANY_UNIT,
    classes={
        "never-ends": OutcomeClass(
            title="A call waits for ever",
            severity=Severity.HIGH,
            why="its caller waits for ever",
            type=FindingType.RELIABILITY,
        ),
        "cancellation-ignored": OutcomeClass(
            title="A cancelled call never ends",
            severity=Severity.HIGH,
            why="callers cannot give up, and a service cannot be shut down",
            type=FindingType.RELIABILITY,
        ),
        "cancellation-hidden": OutcomeClass(
            title="A cancelled call answers as if it had come to its end",
            severity=Severity.MEDIUM,
            why="whoever cancelled it takes half of the work for all of it, and what is around the"
            " call, such as a time-out, never learns that it was cancelled",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
