"""Contracts of what stages give: registered by stage and version, and compared."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

TYPES: Mapping[str, type] = {
    "integer": int,
    "string": str,
    "boolean": bool,
    "array": list,
    "object": dict,
}
"""Name of a field's type → the Python type of its values."""

STAGES = ("summary", "score")
VERSIONS = ("v1", "v2", "v3")


def draw(random: Random, kind: Kind) -> Usage:
    """Versions that differ in a field or two are registered, then looked at and compared."""
    calls: list[Call] = []
    base = {f"f{n}": _field(random) for n in range(random.randint(1, 4))}
    for number in range(random.randint(2, 4)):
        arguments: dict[str, Json] = {
            "stage": random.choice((STAGES[0], *STAGES)),
            "version": VERSIONS[number % 2] if number < 2 else random.choice(VERSIONS),
            "fields": _changed(random, base) if random.random() < 0.8 else base,
        }
        calls.append(drawing.call(0, number, "register", arguments, after_ms=1.0))
    for client in range(1, 1 + drawing.clients(random, kind)):
        calls += [_call(random, (client, number)) for number in range(random.randint(1, 4))]
    return Usage(unit="contracts", calls=tuple(calls))


def _field(random: Random) -> dict[str, Json]:
    return {
        "type": random.choice(tuple(TYPES)),
        "nullable": random.random() < 0.25,
        "required": random.random() < 0.6,
    }


def _changed(random: Random, base: dict[str, dict[str, Json]]) -> dict[str, Json]:
    fields: dict[str, Json] = dict(base)
    name = random.choice(list(base))
    field = base[name]
    how = random.choice(("drop", "add", "type", "nullable", "required", "required"))
    if how == "drop" and len(base) > 1:
        del fields[name]
    elif how == "add":
        fields["more"] = _field(random)
    elif how == "type":
        fields[name] = {**field, "type": random.choice(tuple(TYPES))}
    elif how in field:
        fields[name] = {**field, how: not field[how]}
    return fields


def _call(random: Random, place: tuple[int, int]) -> Call:
    operation = random.choice(("get", "listed", "compare", "compare", "compare"))
    stage = random.choice((STAGES[0], *STAGES))
    after_ms = random.choice((1.0, 20.0, 20.0))
    if operation == "listed":
        return drawing.call(*place, operation, after_ms=after_ms)
    if operation == "get":
        arguments: dict[str, Json] = {"stage": stage, "version": random.choice(VERSIONS)}
    else:
        old, new = random.choice((("v1", "v2"), ("v1", "v2"), ("v2", "v1"), ("v1", "v3")))
        arguments = {"stage": stage, "old": old, "new": new}
    return drawing.call(*place, operation, arguments, after_ms=after_ms)


def accepts(usage: Usage) -> bool:
    """Stages and versions are known ones, fields are whole."""
    return all(map(_is_whole, usage.calls))


def _is_whole(call: Call) -> bool:
    arguments: Any = call.arguments
    versions = {arguments.get(name, "v1") for name in ("version", "old", "new")}
    return (
        versions <= set(VERSIONS)
        and arguments.get("stage", "score") in STAGES
        and all(
            name.isidentifier()
            and set(field) == {"type", "nullable", "required"}
            and field["type"] in TYPES
            for name, field in arguments.get("fields", {}).items()
        )
    )


UNIT = Unit(
    name="contracts",
    does="Keeps the contract of each version of a stage, and says whether one may replace another.",
    capability=Capability.CONTRACTS,
    operations={
        "register": Operation(
            does="Registers the fields of a version, the same ones as often as one likes; gives"
            " whether it says that it was created in this call. Fails as invalid where others are"
            " registered.",
            required=("stage", "version", "fields"),
            fixed=("stage", "version"),
        ),
        "get": Operation(
            does="Gives the names of a version's fields, sorted; None where it is not registered.",
            required=("stage", "version"),
            fixed=("stage", "version"),
        ),
        "listed": Operation(does="Gives [stage, version] of all, sorted."),
        "compare": Operation(
            does="Gives whether the new version is `compatible` with the old; fails as invalid"
            " where one is not registered.",
            required=("stage", "old", "new"),
            fixed=("stage", "old", "new"),
            capability=Capability.CONTRACT_DIFF,
        ),
    },
    draw=draw,
    accepts=accepts,
)
