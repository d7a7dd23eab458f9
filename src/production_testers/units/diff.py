"""Differences between two texts, or two JSON documents, from which the second can be made."""

from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage
from production_testers.units import drawing, odd_values
from production_testers.units.contract import Operation, Unit

WHOLE = 1_000_000
"""Lines of context that show every line."""

_LINES = (
    "alpha\n",
    "beta\n",
    "  indented\n",
    "\n",
    "-- a comment\n",
    "++ counter\n",
    "- item\n",
    "@@ marker @@\n",
    "end",
)
_ODD_LINES = ("carriage\r\n", "form\x0cfeed\n", "separator\u2028inside\n", "naïve 中\n", "\t\n")
_KEYS = ("name", "age", "list", "deep", "a/b", "m~n", "", "ü")


def draw(random: Random, kind: Kind) -> Usage:
    """Pairs that differ a little, much, or not at all."""
    calls: list[Call] = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 3)):
            if random.random() < 0.5:
                arguments = _texts(random, kind)
                calls.append(drawing.call(client, number, "text", arguments))
            else:
                old, new = _documents(random, kind)
                calls.append(drawing.call(client, number, "patch", {"old": old, "new": new}))
    return Usage(unit="diff", calls=tuple(calls))


def _texts(random: Random, kind: Kind) -> dict[str, Json]:
    choice = (*_LINES, *_ODD_LINES) if kind is Kind.ADVERSARIAL else _LINES
    old = [random.choice(choice) for _ in range(random.randint(0, 12))]
    one = random.random() < 0.3  # a single line comes, nothing goes
    new = [line for line in old if one or random.random() < 0.8]
    for _ in range(1 if one else random.randint(0, 3)):
        new.insert(random.randint(0, len(new)), random.choice(choice))
    return {"old": "".join(old), "new": "".join(new), "context": random.choice((0, 3, WHOLE))}


def _documents(random: Random, kind: Kind) -> tuple[Json, Json]:
    old: Any = {random.choice(_KEYS): _member(random, kind) for _ in range(random.randint(0, 5))}
    if random.random() < 0.2:
        old = [_member(random, kind) for _ in range(random.randint(0, 5))]
    return old, _changed(random, kind, old, top=True)


def _member(random: Random, kind: Kind, depth: int = 2) -> Json:
    if kind is Kind.ADVERSARIAL and random.random() < 0.3:
        return odd_values.value(random, depth)
    if depth == 0 or random.random() < 0.5:
        return random.choice((0, 1, True, False, None, "x", "y", 1.5))
    if random.random() < 0.5:
        return [_member(random, kind, depth - 1) for _ in range(random.randint(0, 4))]
    return {
        random.choice(_KEYS): _member(random, kind, depth - 1) for _ in range(random.randint(0, 3))
    }


def _changed(random: Random, kind: Kind, old: Any, *, top: bool = False) -> Any:
    if random.random() < 0.15 and not top:
        return _member(random, kind)
    if isinstance(old, dict):
        kept = {k: _changed(random, kind, v) for k, v in old.items() if random.random() < 0.8}
        return (
            {**kept, random.choice(_KEYS): _member(random, kind)} if random.random() < 0.3 else kept
        )
    if isinstance(old, list):
        items = [_changed(random, kind, item) for item in old if random.random() < 0.75]
        return [*items, _member(random, kind)] if random.random() < 0.3 else items
    if random.random() < 0.15 and old in (0, 1):  # a flag for a number, and back
        return int(old) if isinstance(old, bool) else bool(old)
    return old


def accepts(usage: Usage) -> bool:
    """Both sides of a document are mappings, or both are lists."""
    return all(
        type(call.arguments["old"]) is type(call.arguments["new"])
        and isinstance(call.arguments["old"], str if call.operation == "text" else dict | list)
        for call in usage.calls
    )


UNIT = Unit(
    name="diff",
    does="Says how one text or JSON document is made into another.",
    capability=Capability.TEXT_DIFF,
    operations={
        "text": Operation(
            does="Gives `changes`, [equal|add|remove, the line with its end] with `context` equal"
            " lines around each change, the same as `output` in the unified format, and the"
            " numbers of `additions` and `deletions`.",
            required=("old", "new", "context"),
            fixed=("context",),
        ),
        "patch": Operation(
            does="Gives a JSON Patch (RFC 6902).",
            required=("old", "new"),
            capability=Capability.JSON_DIFF,
        ),
    },
    draw=draw,
    accepts=accepts,
)
