"""Delta: what has changed between two documents, and the second one made from the first."""

from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

PLAIN = (None, True, False, 0, 1, -1, 10**18, "", "a", "日本", "set", "remove")

ODD: tuple[Any, ...] = ("\u0000", "🙂" * 3, "\ud83d", 2**70, [], {}, [[]], {"": None})


def value(random: Random, kind: Kind, depth: int = 2) -> Json:
    """A value, perhaps nested."""
    choices: tuple[Any, ...] = (*PLAIN, *ODD) if kind is Kind.ADVERSARIAL else PLAIN
    if depth and random.random() < 0.3:
        if random.random() < 0.5:
            return [value(random, kind, depth - 1) for _ in range(random.randint(0, 3))]
        return document(random, kind, depth - 1)
    found: Json = random.choice(choices)
    return found


def document(random: Random, kind: Kind, depth: int = 2) -> dict[str, Json]:
    """A document with some of a few names."""
    names = random.sample(("a", "b", "set", "remove", "", "ü"), random.randint(0, 4))
    return {name: value(random, kind, depth) for name in names}


def draw(random: Random, kind: Kind) -> Usage:
    """Documents, and what became of them."""
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 4)):
            base = document(random, kind)
            current = document(random, kind)
            current |= {n: v for n, v in base.items() if random.random() < 0.5}
            arguments: dict[str, Json] = {"base": base, "current": current}
            calls.append(drawing.call(client, number, "rebuild", arguments))
    return Usage(unit="delta", calls=tuple(calls))


UNIT = Unit(
    name="delta",
    does="Says what has changed from one document to another, so that the second can be made from"
    " the first.",
    capability=Capability.DELTA,
    operations={
        "rebuild": Operation(
            does="Gives what the difference makes of the first document, the first document"
            " afterwards, and the names that the difference speaks of.",
            required=("base", "current"),
        )
    },
    draw=draw,
)
