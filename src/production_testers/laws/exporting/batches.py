"""What becomes of an event that an exporter has taken."""

from dataclasses import dataclass
from itertools import combinations

from production_testers.laws.handed_on import handed_on
from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, WorkLine, calls_of, ended_before
from production_testers.model.history import Event, EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.batch_exporter import DROPPED, WRITE

TOLERANCE_MS = 1.0


@dataclass(frozen=True, slots=True)
class _Writes:
    """Every write, and which events it was given."""

    lines: list[WorkLine]
    of: dict[str, list[WorkLine]]


def _writes(observation: Observation) -> _Writes:
    lines, of = handed_on(observation, WRITE), dict[str, list[WorkLine]]()
    for line in lines:
        given = line.started.value.get("given")
        for event in given if isinstance(given, list) else []:
            of.setdefault(str(event), []).append(line)
    return _Writes(lines, of)


def _event(line: CallLine) -> str:
    return str(line.call.arguments["event"])


def check(observation: Observation) -> Verdict:
    """Judge every event, and the close in the end."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    adds = [line for line in calls_of(observation, "add") if line.started is not None]
    writes = _writes(observation)
    drops = [event for event in observation.history if _is_drop(event)]
    for event, lines in writes.of.items():
        again = [line for line in lines[:-1] if line.how == "ok"]
        judgement.judge(
            not again,
            "written-twice",
            lambda event=event: f"event {event} was written, and then written again",  # type: ignore[misc]
            lines[-1].started.seq,
        )
    _order(adds, writes, judgement)
    for drop in drops:
        _room(drop, adds, writes, int(usage.settings["capacity"]), judgement)  # type: ignore[arg-type]
    for line in calls_of(observation, "counts"):
        _counted(line, drops, judgement)
    for close in calls_of(observation, "close"):
        if close.started is not None and close.ended is not None:
            _closing(close, adds, writes, len(drops), judgement)
            _in_time(close, adds, writes, float(usage.settings["interval_ms"]), judgement)  # type: ignore[arg-type]
    return judgement.verdict()


def _is_drop(event: Event) -> bool:
    return event.kind is EventKind.EMITTED and event.value.get("name") == DROPPED


def _order(adds: list[CallLine], writes: _Writes, judgement: Judgement) -> None:
    for first, second in combinations(adds, 2):
        one, other = writes.of.get(_event(first)), writes.of.get(_event(second))
        if not one or not other or not ended_before(first, second):
            continue
        given: list[str] = list(one[0].started.value["given"])  # type: ignore[arg-type]
        behind = one[0].started.seq < other[0].started.seq or (
            one[0] is other[0] and given.index(_event(first)) < given.index(_event(second))
        )
        judgement.judge(
            behind,
            "out-of-order",
            lambda first=first, second=second: (  # type: ignore[misc]
                f"event {_event(first)} had been taken before {_event(second)} came, and stands"
                " behind it in what was written"
            ),
            one[0].started.seq,
        )


def _room(
    drop: Event, adds: list[CallLine], writes: _Writes, capacity: int, judgement: Judgement
) -> None:
    """What it holds is at most what has come and was not given to a write."""
    held = [
        line
        for line in adds
        if line.started
        and line.started.seq < drop.seq
        and not any(write.started.seq < drop.seq for write in writes.of.get(_event(line), ()))
    ]
    judgement.judge(
        len(held) > capacity,
        "dropped-with-room",
        lambda: f"an event was dropped while {len(held)} were there, and {capacity} fit",
        drop.seq,
    )


def _counted(line: CallLine, drops: list[Event], judgement: Judgement) -> None:
    if line.started is None or line.ended is None or line.outcome != "returned":
        return
    least = sum(drop.seq < line.started.seq for drop in drops)
    most = sum(drop.seq < line.ended.seq for drop in drops)
    said = line.value.get("dropped") if isinstance(line.value, dict) else None
    judgement.judge(
        isinstance(said, int) and least <= said <= most,
        "counts-wrong",
        lambda: f"call {line.key} says that {said} events were dropped, {most} were",
        line.ended.seq,
        run=line.key,
    )


def _closing(
    close: CallLine, adds: list[CallLine], writes: _Writes, drops: int, judgement: Judgement
) -> None:
    assert close.started is not None, "it ended"
    assert close.ended is not None, "it ended"
    meanwhile = [
        write
        for write in writes.lines
        if write.how == "raised" and write.ended and write.ended.seq > close.started.seq
    ]
    judgement.judge(
        close.outcome == "returned" or bool(meanwhile),
        "close-fails",
        lambda: f"no write failed while it was closed, and call {close.key} {close.in_words()}",
        close.ended.seq,
        run=close.key,
    )
    taken = [line for line in adds if line.outcome == "returned" and ended_before(line, close)]
    missing = []
    for line in taken:
        tried = [w for w in writes.of.get(_event(line), ()) if w.how in ("ok", "raised")]
        cut = [w for w in writes.of.get(_event(line), ()) if w.how == "stopped"]
        judgement.judge(
            bool(tried) or not cut,
            "cut-off",
            lambda line=line: (  # type: ignore[misc]
                f"event {_event(line)} had been taken, and writing it was stopped in the middle; it"
                " was not written again"
            ),
            *(w.started.seq for w in cut[-1:]),
        )
        if not tried and not cut:
            missing.append(_event(line))
    judgement.judge(
        len(missing) <= drops,
        "lost",
        lambda: (
            f"events {', '.join(missing[:5])} had been taken, {drops} were dropped, and call"
            f" {close.key} of close {close.in_words()}: they were never given to a write"
        ),
        close.ended.seq,
    )


def _in_time(
    close: CallLine,
    adds: list[CallLine],
    writes: _Writes,
    interval_ms: float,
    judgement: Judgement,
) -> None:
    """While a write is under way the next one may wait for it."""
    assert close.started is not None, "it ended"
    for line in adds:
        if line.ended is None or line.outcome != "returned":
            continue
        own = writes.of.get(_event(line))
        if not own:
            continue  # it was dropped, or is lost
        since, until = line.ended.time_ns, min(own[0].started.time_ns, close.started.time_ns)
        busy = sum(
            max(0, min(write.ended.time_ns, until) - max(write.started.time_ns, since))
            for write in writes.lines
            if write.ended is not None
        )
        waited = (until - since - busy) / 1e6
        judgement.judge(
            waited <= interval_ms + TOLERANCE_MS,
            "late",
            lambda line=line, waited=waited: (  # type: ignore[misc]
                f"event {_event(line)} waited {waited:g} ms to be written, and the interval is"
                f" {interval_ms:g} ms"
            ),
            own[0].started.seq,
        )


LAW = Law(
    id="exporting/batches",
    statement="An event that an exporter has taken is given to a write once, in the order of"
    " taking, within the interval and before the exporter is closed, unless it was the oldest of"
    " too many; a write that has begun is not stopped; and closing does not fail for a write that"
    " failed before.",
    category=Category.RELIABILITY,
    capability=Capability.BATCH_EXPORT,
    units=frozenset({"batch_exporter"}),
    classes={
        "lost": OutcomeClass(
            title="Events that an exporter has taken are gone after it was closed",
            severity=Severity.HIGH,
            why="figures that people are paid by miss them, and nobody is told",
            type=FindingType.RELIABILITY,
        ),
        "cut-off": OutcomeClass(
            title="A write that is under way is stopped, and its events are gone",
            severity=Severity.HIGH,
            why="a batch of everybody's events is lost by one close, or by one caller who gives up",
            type=FindingType.RELIABILITY,
        ),
        "written-twice": OutcomeClass(
            title="An exporter writes an event twice",
            severity=Severity.MEDIUM,
            why="whatever counts events counts too many",
        ),
        "out-of-order": OutcomeClass(
            title="An exporter writes events in another order than it took them",
            severity=Severity.LOW,
            why="they carry their times, but readers of the file rely on its order",
        ),
        "late": OutcomeClass(
            title="Events wait for longer than the interval of an exporter",
            severity=Severity.MEDIUM,
            why="dashboards stand still, and a crash loses more than was agreed",
            type=FindingType.RELIABILITY,
        ),
        "close-fails": OutcomeClass(
            title="Closing an exporter fails for a write that failed long before",
            severity=Severity.HIGH,
            why="the shutdown is broken off, and what was still waiting is never written",
            type=FindingType.RELIABILITY,
        ),
        "dropped-with-room": OutcomeClass(
            title="An exporter drops an event although there is room",
            severity=Severity.MEDIUM,
            why="events are lost for no reason",
        ),
        "counts-wrong": OutcomeClass(
            title="An exporter counts dropped events wrong",
            severity=Severity.LOW,
            why="alarms on lost events stay silent, or ring for nothing",
        ),
    },
    check=check,
)
