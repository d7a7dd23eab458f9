"""Batch exporter: collects events and writes them to a slower place several at a time."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

WRITE = "write"
"""Label of the caller's own code that writes a list of events."""

DROPPED = "dropped"
"""What the unit emits when it throws an event away."""


def draw(random: Random, kind: Kind) -> Usage:
    """Events of several clients; writing takes time and fails now and then."""
    share = 0.0 if kind is Kind.BASELINE else random.choice((0.0, 0.2, 0.5))
    works = tuple(drawing.work(random, ("error", "connection"), share) for _ in range(6))
    label = {WRITE: works}
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 7)):
            operation = random.choices(("add", "flush", "counts"), (8, 1, 1))[0]
            calls.append(
                drawing.call(
                    client, number, operation,
                    {"event": f"c{client}.{number}"} if operation == "add" else {},
                    after_ms=random.choice((0.0, 0.0, 1.0, 40.0, 150.0)),
                    cancel_after_ms=drawing.gives_up(random, kind, 20.0),
                    works=label,
                )
            )  # fmt: skip
    return Usage(
        unit="batch_exporter",
        settings={
            "batch": random.choice((1, 2, 3, 10)),
            "capacity": random.choice((2, 5, 1_000)),
            "interval_ms": random.choice((50, 200, 60_000)),
        },
        calls=(*calls, drawing.last(0, "close", works=label)),
    )


def accepts(usage: Usage) -> bool:
    """Limits are positive, every event has a name of its own, and it is closed in the end."""
    settings: Mapping[str, Any] = usage.settings
    events = [call.arguments["event"] for call in usage.calls if "event" in call.arguments]
    sized = min(settings["batch"], settings["capacity"], settings["interval_ms"]) >= 1
    return bool(sized and len(set(events)) == len(events) and drawing.closes_last(usage, "close"))


UNIT = Unit(
    name="batch_exporter",
    does="Collects events and writes them together: when there are enough of them, when the"
    " interval has passed, and when it is flushed or closed. The oldest one that waits is dropped"
    " where there are too many.",
    capability=Capability.BATCH_EXPORT,
    operations={
        "add": Operation(does="Takes the event.", required=("event",), fixed=("event",)),
        "flush": Operation(does="Writes what has been taken."),
        "counts": Operation(does="Says how many events were dropped so far."),
        "close": Operation(does="Writes what has been taken, and closes the place it goes to."),
    },
    draw=draw,
    accepts=accepts,
    background=frozenset({WRITE}),
)
