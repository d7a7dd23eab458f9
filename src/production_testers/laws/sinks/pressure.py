"""What a sink does when more events come than its receiver takes, or when the receiver fails."""

from production_testers.laws.handed_on import handed_on
from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.sinks.delivery import event_of, gave_up, lasted_ms
from production_testers.laws.usage import CallLine, WorkLine, calls_of, ended_before
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.event_sink import DELIVER, DROPPED

TOLERANCE_MS = 1.0


def check(observation: Observation) -> Verdict:
    """Judge every call."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    capacity = int(usage.settings["capacity"])  # type: ignore[arg-type]
    lines = calls_of(observation)
    deliveries = handed_on(observation, DELIVER)
    thrown_away = gave_up(observation)
    for line in lines:
        if line.ended is None or line.started is None or line.given_up is not None:
            continue
        _unhurt(line, judgement)
        if line.call.operation == "offer":
            _at_once(line, judgement)
            if not thrown_away:
                _room(line, lines, deliveries, capacity, judgement)
            _told(line, judgement)
        elif line.call.operation == "counts":
            _counted(line, lines, judgement)
        elif line.call.operation == "stop":
            _in_time(line, float(usage.settings["drain_ms"]), judgement)  # type: ignore[arg-type]
    return judgement.verdict()


def _unhurt(line: CallLine, judgement: Judgement) -> None:
    judgement.judge(
        line.outcome == "returned",
        "stop-fails" if line.call.operation == "stop" else "caller-hurt",
        lambda: f"call {line.key} of {line.call.operation} {line.in_words()}",
        line.ended.seq if line.ended else 0,
        run=line.key,
    )


def _at_once(line: CallLine, judgement: Judgement) -> None:
    judgement.judge(
        lasted_ms(line) <= TOLERANCE_MS,
        "offer-waits",
        lambda: f"call {line.key} offered an event and waited {lasted_ms(line):g} ms",
        run=line.key,
    )


def _room(
    line: CallLine,
    lines: list[CallLine],
    deliveries: list[WorkLine],
    capacity: int,
    judgement: Judgement,
) -> None:
    """What it holds is between what was surely taken and what may have been."""
    if line.outcome != "returned" or line.started is None or line.ended is None:
        return
    at, until = line.started.seq, line.ended.seq
    brought = [one for one in lines if one.call.operation in ("offer", "emit") and one is not line]
    if line.value is False:
        may = {
            event_of(one)
            for one in brought
            if one.started and one.started.seq < until and not _refused(one)
        }
        over = {str(d.started.value.get("given")) for d in deliveries if _over(d, at)}
        judgement.judge(
            len(may - over) >= capacity,
            "refused-with-room",
            lambda: (
                f"call {line.key} was refused while at most {len(may - over)} events were waiting,"
                f" and {capacity} fit"
            ),
            until,
            run=line.key,
        )
        return
    sure = {
        event_of(one)
        for one in brought
        if one.ended and one.ended.seq < at and one.outcome == "returned" and one.value is True
    }
    begun = {str(d.started.value.get("given")) for d in deliveries if d.started.seq < until}
    judgement.judge(
        len(sure - begun) <= capacity,  # one more than fit may be on its way to the receiver
        "over-capacity",
        lambda: (
            f"call {line.key} was taken while {len(sure - begun)} events were waiting, and"
            f" {capacity} fit"
        ),
        until,
        run=line.key,
    )


def _refused(line: CallLine) -> bool:
    return line.outcome == "returned" and line.value is False


def _over(delivery: WorkLine, seq: int) -> bool:
    return delivery.ended is not None and delivery.ended.seq < seq


def _told(line: CallLine, judgement: Judgement) -> None:
    told = [
        event
        for event in line.events
        if event.kind is EventKind.EMITTED and event.value.get("name") == DROPPED
    ]
    names = [str(event.value.get("event")) for event in told]
    wanted = [event_of(line)] if _refused(line) else []
    judgement.judge(
        names == wanted,
        "drop-not-told",
        lambda: f"call {line.key} {line.in_words()}, and told of {names} as thrown away",
        run=line.key,
    )


def _counted(line: CallLine, lines: list[CallLine], judgement: Judgement) -> None:
    """Calls that overlap may be counted or not."""
    value = line.value if isinstance(line.value, dict) else {}
    for name, answer in (("accepted", True), ("dropped", False)):
        certain = possible = 0
        for one in lines:
            if one.call.operation not in ("offer", "emit") or one.started is None:
                continue
            fits = one.outcome == "returned" and one.value is answer
            if fits and ended_before(one, line):
                certain += 1
            started = not ended_before(line, one)
            possible += started and (fits or (one.outcome != "returned" and answer))
        judgement.judge(
            certain <= int(value.get(name, -1)) <= possible,
            "counts-wrong",
            lambda name=name, low=certain, high=possible: (  # type: ignore[misc]
                f"call {line.key} says that {value.get(name)} events were {name}, there were"
                f" {low if low == high else f'{low} to {high}'}"
            ),
            run=line.key,
        )


def _in_time(line: CallLine, drain_ms: float, judgement: Judgement) -> None:
    judgement.judge(
        lasted_ms(line) <= drain_ms + TOLERANCE_MS,
        "stop-takes-too-long",
        lambda: f"call {line.key} of stop took {lasted_ms(line):g} ms, {drain_ms:g} were given",
        run=line.key,
    )


LAW = Law(
    id="sinks/pressure",
    statement="A sink refuses only what does not fit and holds no more than fits, says and counts"
    " what it refuses, answers at once, stops in the time given, and keeps the failures of its"
    " receiver from its callers.",
    category=Category.RELIABILITY,
    capability=Capability.EVENT_SINK,
    units=frozenset({"event_sink"}),
    classes={
        "caller-hurt": OutcomeClass(
            title="A failing receiver of events makes the caller of the sink fail",
            severity=Severity.HIGH,
            why="observing the work breaks the work",
            type=FindingType.RELIABILITY,
        ),
        "stop-fails": OutcomeClass(
            title="Stopping a sink fails because its receiver does",
            severity=Severity.HIGH,
            why="the shutdown of the whole service is broken off, and what was waiting is lost",
            type=FindingType.RELIABILITY,
        ),
        "offer-waits": OutcomeClass(
            title="Offering an event waits for the receiver",
            severity=Severity.HIGH,
            why="a slow receiver slows everything that is observed",
            type=FindingType.PERFORMANCE,
        ),
        "refused-with-room": OutcomeClass(
            title="A sink refuses an event for which it has room",
            severity=Severity.MEDIUM,
            why="events are lost for no reason",
        ),
        "over-capacity": OutcomeClass(
            title="A sink holds more events than its capacity",
            severity=Severity.MEDIUM,
            why="memory is not bounded, which is what the capacity is for",
            type=FindingType.PERFORMANCE,
        ),
        "drop-not-told": OutcomeClass(
            title="What a sink says it threw away is not what it refused",
            severity=Severity.MEDIUM,
            why="nobody learns of the loss",
        ),
        "counts-wrong": OutcomeClass(
            title="A sink counts its events wrong",
            severity=Severity.LOW,
            why="alarms on lost events stay silent, or ring for nothing",
        ),
        "stop-takes-too-long": OutcomeClass(
            title="Stopping a sink takes longer than the time given",
            severity=Severity.MEDIUM,
            why="a shutdown is killed from outside, and more is lost",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
