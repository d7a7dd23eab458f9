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
from production_testers.laws.usage import CallLine, WorkLine, calls_of, unit_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every call that started, where no code of any caller hangs by the scenario's will."""
    judgement = Judgement()
    lines = calls_of(observation)
    unit = unit_of(observation)
    if any(work.ended is None for line in lines for work in line.works):
        return judgement.verdict()
    for line in lines:
        if line.started is None or unit.operations[line.call.operation].waits:
            continue
        if line.given_up is not None:
            _given_up(line, unit.background, judgement)
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


def _given_up(line: CallLine, background: frozenset[str], judgement: Judgement) -> None:
    assert line.given_up is not None, "it was"
    judgement.judge(
        line.ended is not None,
        "cancellation-ignored",
        lambda: f"call {line.key} of {line.call.operation} went on for ever after it was cancelled",
        line.given_up.seq,
        run=line.key,
    )
    if line.ended is None or line.ended.seq < line.given_up.seq:
        return
    cut = [work for work in line.works if work.ended and _is_cut(work, line)]
    cut = [work for work in cut if work.label not in background]
    if cut:
        judgement.judge(
            line.outcome != "returned",
            "cancellation-hidden",
            lambda: (
                f"call {line.key} of {line.call.operation} was cancelled while {cut[0].label} was"
                f" at work, and it {line.in_words()}"
            ),
            line.given_up.seq,
            line.ended.seq,
            run=line.key,
        )


def _is_cut(work: WorkLine, line: CallLine) -> bool:
    """Whether the call did not wait for it to come to its own end after it was cancelled."""
    assert line.given_up is not None, "it was"
    assert line.ended is not None, "it did"
    assert work.ended is not None, "it did"
    stopped = work.how == "stopped" and work.ended.seq > line.given_up.seq
    return stopped or work.ended.seq > line.ended.seq


LAW = Law(
    id="units/calls-end",
    statement="A call ends once the caller's own code that it waits for has ended, and a cancelled"
    " call ends; where the caller's own code was cut short, it gives no answer.",
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
