"""Conflicts: what becomes of a field when two sources say something else."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

WAYS = ("keep_old", "keep_new", "merge", "error")
"""What may be done: one of the two stays, both are put together, or none is chosen."""

FIELDS = ("name", "tags", "größe", "profile")


def _value(random: Random, depth: int) -> Json:
    shape = random.choice(("text", "text", "number", "none", "list", "map", "map", "map"))
    if depth == 0 or shape in ("text", "number", "none"):
        texts = ("", "a", "b", "Ünïcode \u200b", "x" * 300)
        return random.choice(texts) if shape == "text" else random.choice((0, 2, 3.5, 10**20, None))
    count = random.randint(1, 3) if depth > 1 else random.randint(0, 2)
    if shape == "list":
        return [_value(random, depth - 1) for _ in range(count)]
    return {random.choice("ab"): _value(random, depth - 1) for _ in range(count)}


def draw(random: Random, kind: Kind) -> Usage:
    """Questions of several clients, some of them the same."""
    depth = 3 if kind is Kind.ADVERSARIAL else 2
    values = [_value(random, depth) for _ in range(4)]
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 5)):
            arguments = {
                "field": random.choice(FIELDS),
                "old": random.choice(values),
                "new": random.choice((*values, _value(random, depth))),
            }
            calls.append(drawing.call(client, number, "resolve", arguments))
    fields = random.sample(FIELDS, random.randint(0, 3))
    return Usage(
        unit="conflicts",
        settings={
            "way": random.choice((*WAYS, "merge", "merge", "merge")),
            "fields": {field: random.choice(WAYS) for field in fields},
        },
        calls=tuple(calls),
    )


def accepts(usage: Usage) -> bool:
    """Every way is one of those that there are."""
    settings: Mapping[str, Any] = usage.settings
    return {settings["way"], *settings["fields"].values()} <= set(WAYS)


UNIT = Unit(
    name="conflicts",
    does="Says whether two values of a field differ, and which value the field has then: by the way"
    " that is set for the field, else by the one for all.",
    capability=Capability.CONFLICTS,
    operations={
        "resolve": Operation(
            does="Says whether there is a conflict, and the value; none where the way is `error`.",
            required=("field", "old", "new"),
        )
    },
    draw=draw,
    accepts=accepts,
    fixed=("way", "fields"),
)
