"""Chunk queue: hands chunks from producers to consumers, a bounded number at a time."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

DROPPED = "dropped"
"""What the unit emits when it throws a chunk away."""


def draw(random: Random, kind: Kind) -> Usage:
    """Producers, consumers, and in most usages somebody who closes it."""
    count = max(2, drawing.clients(random, kind))
    calls = []
    for client in range(count):
        operations = ("put", "get") if random.random() < 0.2 else (("put",), ("get",))[client % 2]
        for number in range(random.randint(1, 6)):
            operation = random.choice(operations)
            calls.append(
                drawing.call(
                    client, number, operation,
                    {"chunk": f"c{client}.{number}"} if operation == "put" else {},
                    after_ms=random.choice((0.0, 0.0, 1.0, 5.0)),
                    cancel_after_ms=drawing.gives_up(random, kind, 20.0),
                )
            )  # fmt: skip
    after_ms = random.choice((2.0, 20.0, 200.0))
    calls.append(drawing.call(count, 0, "close", after_ms=after_ms))
    puts = sum(call.operation == "put" for call in calls)
    return Usage(
        unit="chunk_queue",
        settings={"capacity": random.choice((1, 2, 5, 100)), "drops": random.random() < 0.4},
        calls=(*calls, *(drawing.last(number, "get") for number in range(puts + 1))),
    )


def accepts(usage: Usage) -> bool:
    """Something fits into it, every chunk has a name of its own, and it is closed once."""
    settings: Mapping[str, Any] = usage.settings
    chunks = [call.arguments["chunk"] for call in usage.calls if "chunk" in call.arguments]
    closes = [call for call in usage.calls if call.operation == "close"]
    once = len(closes) == 1 and closes[0].cancel_after_ms is None
    return bool(once and settings["capacity"] >= 1 and len(set(chunks)) == len(chunks))


UNIT = Unit(
    name="chunk_queue",
    does="Hands chunks on in the order in which they came. Where it is full, a producer waits, or"
    " the oldest chunk is dropped, as the settings say. Once it is closed nothing is taken, and"
    " consumers get what is left and then the end.",
    capability=Capability.CHUNK_QUEUE,
    operations={
        "put": Operation(
            does="Takes the chunk, and says whether it was taken.",
            required=("chunk",),
            fixed=("chunk",),
            waits=True,
        ),
        "get": Operation(
            does="Gives the oldest chunk, waiting for one; null at the end.", waits=True
        ),
        "close": Operation(does="Says that nothing more comes."),
    },
    draw=draw,
    accepts=accepts,
)
