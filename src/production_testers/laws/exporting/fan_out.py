"""Every place behind a fan-out gets everything, whatever becomes of the others."""

from typing import Any

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.fan_out import place


def check(observation: Observation) -> Verdict:
    """Judge every call that its caller waited for."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    places: Any = usage.settings["places"]
    for line in calls_of(observation):
        if line.ended is None or line.given_up is not None or line.outcome == "refused":
            continue
        for number in range(places):
            _place(line, place(line.call.operation, number), judgement)
        _waited(line, judgement)
        _end(line, judgement)
    return judgement.verdict()


def _place(line: CallLine, label: str, judgement: Judgement) -> None:
    works = line.works_of(label)
    judgement.judge(
        len(works) > 0,
        "place-missed",
        lambda: f"call {line.key} {line.in_words()}, and {label} was never begun",
        run=line.key,
    )
    judgement.judge(
        not any(work.how == "stopped" for work in works),
        "place-stopped",
        lambda: f"call {line.key} {line.in_words()}, and {label} was stopped in the middle",
        run=line.key,
    )
    judgement.judge(
        sum(work.how == "ok" for work in works) <= 1,
        "place-twice",
        lambda: f"call {line.key}: {label} was done {len(works)} times",
        run=line.key,
    )
    for work in works:
        given = work.started.value.get("given")
        wanted = line.call.arguments.get("event")
        judgement.judge(
            given == wanted,
            "other-event",
            lambda given=given, wanted=wanted: (  # type: ignore[misc]
                f"call {line.key}: {label} was given {given}, and the caller gave {wanted}"
            ),
            run=line.key,
        )


def _waited(line: CallLine, judgement: Judgement) -> None:
    """A call that says that it is done is."""
    assert line.ended is not None, "it did"
    if line.outcome != "returned":
        return
    for work in line.works:
        judgement.judge(
            work.ended is not None and work.ended.seq < line.ended.seq,
            "returns-early",
            lambda work=work: (  # type: ignore[misc]
                f"call {line.key} {line.in_words()} while {work.label} was still at work"
            ),
            line.ended.seq,
            run=line.key,
        )


def _end(line: CallLine, judgement: Judgement) -> None:
    failed = [work.label for work in line.works if work.how == "raised"]
    if not failed:
        judgement.judge(
            line.outcome == "returned",
            "fails-for-nothing",
            lambda: f"call {line.key}: no place failed, and it {line.in_words()}",
            run=line.key,
        )


LAW = Law(
    id="exporting/fan-out",
    statement="What is handed to a fan-out reaches every place behind it once, as it was, also when"
    " another place fails, before the fan-out says that it is done; and nothing fails when no place"
    " does.",
    category=Category.RELIABILITY,
    capability=Capability.FAN_OUT,
    units=frozenset({"fan_out"}),
    classes={
        "place-missed": OutcomeClass(
            title="A place behind a fan-out is left out",
            severity=Severity.HIGH,
            why="a failure of one receiver costs the others their events",
            type=FindingType.RELIABILITY,
        ),
        "place-stopped": OutcomeClass(
            title="A place behind a fan-out is stopped in the middle",
            severity=Severity.HIGH,
            why="half of a write is worse than none",
            type=FindingType.RELIABILITY,
        ),
        "place-twice": OutcomeClass(
            title="A place behind a fan-out is given something twice",
            severity=Severity.MEDIUM,
            why="counts over events are wrong",
        ),
        "other-event": OutcomeClass(
            title="A place behind a fan-out is given another event",
            severity=Severity.HIGH,
            why="what is written is not what happened",
        ),
        "returns-early": OutcomeClass(
            title="A fan-out says that it is done while a place behind it is at work",
            severity=Severity.HIGH,
            why="a program that ends then loses what it believes to be written",
            type=FindingType.RELIABILITY,
        ),
        "fails-for-nothing": OutcomeClass(
            title="A fan-out fails though no place behind it did",
            severity=Severity.MEDIUM,
            why="callers handle an error that is none",
        ),
    },
    check=check,
)
