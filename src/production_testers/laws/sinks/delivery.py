"""What becomes of an event that a sink has taken."""

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
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.event_sink import DELIVER

GAVE_UP_MS = 0.01


def event_of(line: CallLine) -> str:
    """The event that a call brings."""
    return str(line.call.arguments["event"])


def taken(observation: Observation) -> list[CallLine]:
    """Calls whose event was taken, in the order in which they ended."""
    lines = [
        line
        for line in calls_of(observation, "offer", "emit")
        if line.outcome == "returned" and line.value is True
    ]
    return sorted(lines, key=lambda line: line.ended.seq if line.ended else 0)


def gave_up(observation: Observation) -> bool:
    """Whether a stop ran out of its time, or was given up: what was waiting may then be lost."""
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    limit_ms = float(usage.settings["drain_ms"]) - GAVE_UP_MS  # type: ignore[arg-type]
    stops = [line for line in calls_of(observation, "stop") if line.started is not None]
    return any(line.given_up is not None or lasted_ms(line) >= limit_ms for line in stops)


def lasted_ms(line: CallLine) -> float:
    """How long a call took; 0 for one that never ended."""
    if line.started is None or line.ended is None:
        return 0.0
    return (line.ended.time_ns - line.started.time_ns) / 1e6


def check(observation: Observation) -> Verdict:
    """Judge every event, and every stop that had time enough."""
    judgement = Judgement()
    deliveries = handed_on(observation, DELIVER)
    accepted = taken(observation)
    _known(observation, deliveries, judgement)
    _once(deliveries, judgement)
    _in_order(accepted, deliveries, judgement)
    if not gave_up(observation):
        stops = calls_of(observation, "stop")
        for stop in stops:
            if stop.ended is not None:
                alone = not overlapping_with(stop, stops)
                _nothing_lost(stop, accepted, deliveries, alone, judgement)
    return judgement.verdict()


def _known(observation: Observation, deliveries: list[WorkLine], judgement: Judgement) -> None:
    refused = {
        event_of(line)
        for line in calls_of(observation, "offer")
        if line.outcome == "returned" and line.value is False
    }
    for delivery in deliveries:
        event = str(delivery.started.value.get("given"))
        judgement.judge(
            event not in refused,
            "refused-and-delivered",
            lambda event=event: f"event {event} was refused, and handed on all the same",  # type: ignore[misc]
            delivery.started.seq,
        )


def _once(deliveries: list[WorkLine], judgement: Judgement) -> None:
    seen: set[str] = set()
    for delivery in deliveries:
        event = str(delivery.started.value.get("given"))
        judgement.judge(
            event not in seen,
            "delivered-twice",
            lambda event=event: f"event {event} was handed on more than once",  # type: ignore[misc]
            delivery.started.seq,
        )
        seen.add(event)


def _in_order(accepted: list[CallLine], deliveries: list[WorkLine], judgement: Judgement) -> None:
    place = {str(one.started.value.get("given")): one for one in reversed(deliveries)}
    for first, second in combinations(accepted, 2):
        one, other = place.get(event_of(first)), place.get(event_of(second))
        if one is None or other is None or not ended_before(first, second):
            continue
        judgement.judge(
            one.started.seq < other.started.seq,
            "out-of-order",
            lambda first=first, second=second: (  # type: ignore[misc]
                f"event {event_of(first)} had been taken before {event_of(second)} came, and was"
                " handed on after it"
            ),
            one.started.seq,
            other.started.seq,
        )


def overlapping_with(line: CallLine, lines: list[CallLine]) -> bool:
    """Whether another of these calls was under way at the same time."""
    return any(
        other is not line and not ended_before(other, line) and not ended_before(line, other)
        for other in lines
        if other.started is not None
    )


def _nothing_lost(
    stop: CallLine,
    accepted: list[CallLine],
    deliveries: list[WorkLine],
    alone: bool,  # noqa: FBT001 - of two stops at the same time one may leave the work to the other
    judgement: Judgement,
) -> None:
    assert stop.ended is not None, "it ended"
    until = stop.ended.seq
    done = {
        str(one.started.value.get("given"))
        for one in deliveries
        if one.how in ("ok", "raised") and one.ended and (one.ended.seq < until or not alone)
    }
    cut = {str(one.started.value.get("given")) for one in deliveries if one.how == "stopped"}
    for line in accepted:
        if not ended_before(line, stop):
            continue
        event = event_of(line)
        middle = "handing it on was stopped in the middle"
        judgement.judge(
            event in done,
            "cut-off" if event in cut else "lost",
            lambda event=event: (  # type: ignore[misc]
                f"event {event} had been taken before call {stop.key} of stop, which"
                f" {stop.in_words()} after {lasted_ms(stop):g} ms;"
                f" {middle if event in cut else 'it was not handed on'}"
            ),
            until,
        )


LAW = Law(
    id="sinks/delivery",
    statement="An event that a sink has taken is handed on once, in the order of taking, and before"
    " the sink has stopped; one that it has refused is not.",
    category=Category.RELIABILITY,
    capability=Capability.EVENT_SINK,
    units=frozenset({"event_sink"}),
    classes={
        "lost": OutcomeClass(
            title="Events that a sink has taken are gone after it was stopped",
            severity=Severity.HIGH,
            why="the caller was told that they were taken, and the last events before a shutdown"
            " are the ones that explain it",
            type=FindingType.RELIABILITY,
        ),
        "cut-off": OutcomeClass(
            title="Stopping a sink cuts off the event that is just being handed on",
            severity=Severity.HIGH,
            why="the event is lost although there was time to finish, or half written",
            type=FindingType.RELIABILITY,
        ),
        "delivered-twice": OutcomeClass(
            title="A sink hands an event on twice",
            severity=Severity.MEDIUM,
            why="whatever counts events counts too many",
        ),
        "refused-and-delivered": OutcomeClass(
            title="A sink hands on an event that it has refused",
            severity=Severity.MEDIUM,
            why="callers who send refused events again have them twice",
        ),
        "out-of-order": OutcomeClass(
            title="A sink hands events on in another order than it took them",
            severity=Severity.MEDIUM,
            why="an end stands before its start in whatever receives them",
        ),
    },
    check=check,
)
