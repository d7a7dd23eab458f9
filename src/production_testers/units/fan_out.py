"""Fan-out of events: one exporter in front of several, each of which gets everything."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import LAST, Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit


def place(operation: str, number: int) -> str:
    """Label of the caller's own code behind the exporter: `add 0` writes to the first place."""
    return f"{operation} {number}"


def draw(random: Random, kind: Kind) -> Usage:
    """Events of several clients for two to four places, one of which fails now and then."""
    places = random.randint(2, 4)
    share = 0.0 if kind is Kind.BASELINE else random.choice((0.0, 0.2, 0.4))

    def works(operation: str) -> dict[str, Any]:
        labels = [place(operation, number) for number in range(places)]
        return {one: (drawing.work(random, ("os", "connection"), share),) for one in labels}

    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 4)):
            operation = random.choices(("add", "flush"), (4, 1))[0]
            calls.append(
                drawing.call(
                    client, number, operation,
                    {"event": f"é c{client}.{number}"} if operation == "add" else {},
                    after_ms=random.choice((0.0, 1.0, 10.0)),
                    cancel_after_ms=drawing.gives_up(random, kind, 20.0),
                    works=works(operation),
                )
            )  # fmt: skip
    last = drawing.last(0, "close", works=works("close"))
    return Usage(unit="fan_out", settings={"places": places}, calls=(*calls, last))


def accepts(usage: Usage) -> bool:
    """There are places, every event has a name of its own, and it is closed in the end."""
    settings: Mapping[str, Any] = usage.settings
    events = [call.arguments["event"] for call in usage.calls if "event" in call.arguments]
    closed = [call.operation for call in usage.calls if call.client == LAST] == ["close"]
    return bool(settings["places"] >= 1 and len(set(events)) == len(events) and closed)


UNIT = Unit(
    name="fan_out",
    does="Hands everything on to all places behind it.",
    capability=Capability.FAN_OUT,
    operations={
        "add": Operation(does="Writes the event to all.", required=("event",), fixed=("event",)),
        "flush": Operation(does="Flushes all."),
        "close": Operation(does="Closes all."),
    },
    draw=draw,
    accepts=accepts,
)
