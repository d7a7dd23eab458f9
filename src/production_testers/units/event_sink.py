"""Event sink: takes events from callers who must not wait, and hands them on in the background."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

DELIVER = "deliver"
"""Label of the caller's own code to which events are handed on, one at a time."""

DROPPED = "dropped"
"""What the unit emits, with the event's name, when it throws one away."""


def draw(random: Random, kind: Kind) -> Usage:
    """Bursts of events, some of them while the sink is stopped or its receiver fails."""
    share = 0.0 if kind is Kind.BASELINE else random.choice((0.0, 0.2, 0.5))
    works = tuple(drawing.work(random, ("error", "connection"), share) for _ in range(6))
    label = {DELIVER: works}
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 7)):
            operation = random.choices(
                ("offer", "emit", "counts", "stop"), (6, 3, 1, 0.5 if kind != Kind.BASELINE else 0)
            )[0]
            arguments = {"event": f"c{client}.{number}"} if operation in ("offer", "emit") else {}
            waits = operation == "emit"
            calls.append(
                drawing.call(
                    client, number, operation, arguments,
                    after_ms=random.choice((0.0, 0.0, 1.0, 20.0)),
                    cancel_after_ms=drawing.gives_up(random, kind, 50.0) if waits else None,
                    works=label,
                )
            )  # fmt: skip
    return Usage(
        unit="event_sink",
        settings={
            "capacity": random.choice((1, 2, 5, 100)),
            "drain_ms": random.choice((100, 60_000, 60_000)),
        },
        calls=(*calls, drawing.last(0, "stop", works=label)),
    )


def accepts(usage: Usage) -> bool:
    """Something fits into it, every event has a name of its own, and it is stopped in the end."""
    settings: Mapping[str, Any] = usage.settings
    events = [call.arguments["event"] for call in usage.calls if "event" in call.arguments]
    sized = settings["capacity"] >= 1 and settings["drain_ms"] >= 1
    return bool(sized and len(set(events)) == len(events) and drawing.closes_last(usage, "stop"))


UNIT = Unit(
    name="event_sink",
    does="Takes events, keeps as many as its capacity allows, and hands them on one after the"
    " other in the background; what does not fit is refused, counted and told.",
    capability=Capability.EVENT_SINK,
    operations={
        "offer": Operation(
            does="Takes the event or refuses it at once, and says whether it was taken.",
            required=("event",),
            fixed=("event",),
        ),
        "emit": Operation(
            does="Takes the event, after waiting for room where there is none.",
            required=("event",),
            fixed=("event",),
        ),
        "counts": Operation(does="Says how many events were taken and how many refused, so far."),
        "stop": Operation(
            does="Hands on what has been taken, within the time that the settings give, and stops."
        ),
    },
    draw=draw,
    accepts=accepts,
    background=frozenset({DELIVER}),
)
