"""Event file: events are written to a file, one a line."""

from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import LAST, Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

OPERATIONS = ("add", "add_many", "flush", "close", "read")


def draw(random: Random, kind: Kind) -> Usage:
    """Clients that write, flush, close and write again; in the end it is closed and read."""
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 6)):
            operation = random.choices(OPERATIONS, (6, 2, 2, 1, 2))[0]
            arguments: dict[str, Json] = {}
            if operation == "add":
                arguments["events"] = [f"é c{client}.{number}"]
            elif operation == "add_many":
                count = random.randint(0, 4)
                arguments["events"] = [f"c{client}.{number}\n{n}" for n in range(count)]
            calls.append(
                drawing.call(
                    client, number, operation, arguments,
                    after_ms=random.choice((0.0, 0.0, 1.0)),
                    cancel_after_ms=drawing.gives_up(random, kind, 5.0),
                )
            )  # fmt: skip
    ends = drawing.last(0, "close"), drawing.last(1, "read")
    settings: dict[str, Json] = {
        "keeps": random.random() < 0.6,
        "before": [f"before {number}" for number in range(random.choice((0, 2)))],
    }
    return Usage(unit="event_file", settings=settings, calls=(*calls, *ends))


def accepts(usage: Usage) -> bool:
    """Every event has a name of its own; in the end the file is closed, and then read."""
    named: Any = [call.arguments.get("events", []) for call in usage.calls]
    before: Any = usage.settings["before"]
    names = [name for some in (before, *named) for name in some]
    ends = [call.operation for call in usage.calls if call.client == LAST]
    single = all(
        len(call.arguments["events"]) == 1  # type: ignore[arg-type]
        for call in usage.calls
        if call.operation == "add"
    )
    return len(set(names)) == len(names) and ends == ["close", "read"] and single


_EVENTS: dict[str, Any] = {"required": ("events",), "fixed": ("events",)}
UNIT = Unit(
    name="event_file",
    does="Writes events to a file in which `before` stands; what stood there is kept when it is"
    " first opened if it `keeps`, and is gone otherwise.",
    capability=Capability.EVENT_FILE,
    operations={
        "add": Operation(does="Takes one event.", **_EVENTS),
        "add_many": Operation(does="Takes several events, in order.", **_EVENTS),
        "flush": Operation(does="Has everything that was taken stand in the file."),
        "close": Operation(does="The same; a later event has the file opened again."),
        "read": Operation(does="Gives the events that stand in the file, in order."),
    },
    draw=draw,
    accepts=accepts,
    fixed=("before",),
)
