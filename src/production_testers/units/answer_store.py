"""Answer store: what was computed is kept under a key for a while."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

KEYS = ("a", "b", "c")
HOSTILE_KEYS = ("", " ", "0", "\N{SNOWMAN}", "a" * 500, "\ud800", "a\x00b")
VALUES: tuple[Json, ...] = ({"n": 1}, {"n": 2}, {"list": [1, {"deep": []}]})
HOSTILE_VALUES: tuple[Json, ...] = (
    {}, {"n": 2**80}, {"n": -0.0}, {"\ud800": "\udfff"}, {"": {"": {"": [None]}}}, {"t": "\x00"},
)  # fmt: skip


def draw(random: Random, kind: Kind) -> Usage:
    """Callers that put, look, change what they put or got, and forget, under few keys."""
    hostile = kind is Kind.ADVERSARIAL
    keys = random.sample(HOSTILE_KEYS if hostile else KEYS, 2)
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(3, 7)):
            operation = random.choice(("put", "put", "get", "get", "get", "forget"))
            arguments: dict[str, Json] = {"key": random.choice(keys)}
            if operation == "put":
                arguments["value"] = random.choice(HOSTILE_VALUES if hostile else VALUES)
                arguments["keep_s"] = random.choice((None, 1, 3))
            if operation != "forget":
                arguments["spoils"] = random.random() < 0.3
            calls.append(
                drawing.call(
                    client, number, operation, arguments,
                    after_ms=random.choice((0.0, 0.0, 1.0, 300.0)),
                )
            )  # fmt: skip
    return Usage(unit="answer_store", calls=tuple(calls))


def accepts(usage: Usage) -> bool:
    """What is kept for a while is kept for a second at least."""
    for call in usage.calls:
        arguments: Mapping[str, Any] = call.arguments
        if call.operation == "put" and arguments["keep_s"] is not None and arguments["keep_s"] < 1:
            return False
    return True


UNIT = Unit(
    name="answer_store",
    does="Keeps answers under keys, each for ever or for a number of seconds. What callers do to"
    " the values that they put or got afterwards changes nothing.",
    capability=Capability.ANSWER_STORE,
    operations={
        "put": Operation(
            does="Keeps a value, in the place of an earlier one; gives nothing.",
            required=("key", "value", "keep_s"),
        ),
        "get": Operation(does="Gives the value, or nothing without one.", required=("key",)),
        "forget": Operation(does="Keeps nothing for the key; gives nothing.", required=("key",)),
    },
    draw=draw,
    accepts=accepts,
)
