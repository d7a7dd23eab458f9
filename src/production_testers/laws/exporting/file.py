"""What an event file has taken stands in it."""

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

BRINGS_OUT = ("flush", "close")


def check(observation: Observation) -> Verdict:
    """Judge every read: what it must hold, and what it must not hold twice."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    before: Any = usage.settings["before"] if usage.settings["keeps"] else []
    lines = calls_of(observation)
    for read in lines:
        if read.call.operation != "read" or not isinstance(read.value, list):
            continue
        due = [*before, *_due(lines, read)]
        there = [str(name) for name in read.value]
        lost = [name for name in due if name not in there]
        judgement.judge(
            not lost,
            "lost",
            lambda read=read, lost=lost: (  # type: ignore[misc]
                f"event {lost[0]!r} was taken and brought out, and does not stand in what call"
                f" {read.key} read"
            ),
            run=read.key,
        )
        twice = sorted({name for name in there if there.count(name) > 1})
        judgement.judge(
            not twice,
            "twice",
            lambda read=read, twice=twice: (  # type: ignore[misc]
                f"event {twice[0]!r} stands more than once in what call {read.key} read"
            ),
            run=read.key,
        )
        if not (lost or twice):
            _order(read, due, there, judgement)
    return judgement.verdict()


def _ended_before(earlier: CallLine, later: CallLine) -> bool:
    return bool(
        earlier.ended
        and earlier.outcome == "returned"
        and later.started
        and earlier.ended.seq < later.started.seq
    )


def _due(lines: list[CallLine], read: CallLine) -> list[str]:
    """Events that were taken before something brought them out, before the read began."""
    outs = [
        line for line in lines if line.call.operation in BRINGS_OUT and _ended_before(line, read)
    ]
    taken = [
        line
        for line in lines
        if "events" in line.call.arguments and any(_ended_before(line, out) for out in outs)
    ]
    taken.sort(key=lambda line: line.ended.seq if line.ended else 0)
    events: list[Any] = [name for line in taken for name in line.call.arguments["events"]]  # type: ignore[union-attr]
    return events


def _order(read: CallLine, due: list[str], there: list[str], judgement: Judgement) -> None:
    """Of one client's events the earlier one stands first."""
    for client in sorted({_client(name) for name in due}):
        own = [name for name in due if _client(name) == client]
        stand = sorted(own, key=there.index)
        judgement.judge(
            stand == own,
            "out-of-order",
            lambda own=own, stand=stand: (  # type: ignore[misc]
                f"events {own} of one client stand in the order {stand} in what call"
                f" {read.key} read"
            ),
            run=read.key,
        )


def _client(name: str) -> str:
    """Whose event it is: names begin with their call's key, which begins with its client."""
    return name.removeprefix("é ").partition(".")[0]


LAW = Law(
    id="exporting/file",
    statement="What an event file has taken stands in the file after it was flushed or closed,"
    " once, each client's events in their order; nothing that is written later takes it away.",
    category=Category.RELIABILITY,
    capability=Capability.EVENT_FILE,
    units=frozenset({"event_file"}),
    classes={
        "lost": OutcomeClass(
            title="An event that was written does not stand in the file any more",
            severity=Severity.HIGH,
            why="what was recorded is gone, and nobody is told",
            type=FindingType.RELIABILITY,
        ),
        "twice": OutcomeClass(
            title="An event stands in the file more than once",
            severity=Severity.MEDIUM,
            why="what is counted from it is wrong",
        ),
        "out-of-order": OutcomeClass(
            title="Events stand in the file in another order than they were written in",
            severity=Severity.LOW,
            why="what is read from it happened in another order",
        ),
    },
    check=check,
)
