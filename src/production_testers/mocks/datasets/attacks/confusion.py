"""Confused schemas: every way in which one member of a record can be of another kind.

The ways follow from the schema, so no scenario lists them. Records that break a rule of their
scenario, each by a `Plant`, come between them: those keep the schema and are wrong all the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from production_testers.mocks.datasets.rules import Keeps
from production_testers.mocks.datasets.schema import Schema, loosened, members, text
from production_testers.mocks.datasets.shape import DataClass, Record, Stream, Variant
from production_testers.model.canonical import Json, canonical_json, plain

Change = Callable[[dict[str, Any]], None]
"""Changes a record, or an object inside it, in place."""

_SIZES: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A way to break one rule of a scenario and nothing else.

    Attributes:
        rule: The rule's name.
        change: What it does to a consistent record.
    """

    rule: str
    change: Change


def setting(**values: Json) -> Change:
    """A change that sets these members."""
    return lambda record: record.update(values)


def malformed(
    ordinary: Stream, schema: Schema, plants: Sequence[Plant] = (), more: str = ""
) -> Variant:
    """A variant in which every record is broken in one way, which `defect` names.

    Args:
        ordinary: Consistent records.
        schema: Theirs.
        plants: How the rules are broken.
        more: What else is special, for people.
    """
    ways = [(f"rule:{plant.rule}", plant.change) for plant in plants]
    ways += [(name, change) for name, change in confusions(schema)]

    def stream(seed: int) -> Iterator[Record]:
        records = ordinary(seed)
        for number in count():
            record = plain(next(records))
            defect, change = ways[number % len(ways)]
            change(record)
            yield {**plain(record), "defect": defect}

    return Variant(
        about="one broken member or rule a record, named by `defect`" + more,
        data_class=DataClass.ADVERSARIAL,
        stream=stream,
        schema=loosened(schema, defect=text("What is broken: `kind:member`, or `rule:name`")),
        keeps=Keeps.NONE,
    )


def confusions(schema: Schema) -> Iterator[tuple[str, Change]]:
    """Every way to break a record of that schema: name, and change. Kinds take turns."""
    ways: dict[str, list[tuple[str, Change]]] = {}
    for path, member in _leaves(schema, ()):
        for kind, change in _ways(path[-1], member):
            ways.setdefault(kind, []).append((f"{kind}:{'.'.join(path)}", _at(path[:-1], change)))
    ways["extra"] = [("extra:__proto__", setting(__proto__={"admin": True}))]
    for turn in range(max(map(len, ways.values()))):
        for listed in ways.values():
            if turn < len(listed):
                yield listed[turn]


def _leaves(schema: Schema, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Members of the record, and of closed objects inside it."""
    for name, member in members(schema).items():
        yield (*above, name), member
        if members(member) and member.get("type") == "object":
            yield from _leaves(member, (*above, name))


def _at(path: Sequence[str], change: Change) -> Change:
    def changed(record: dict[str, Any]) -> None:
        for name in path:
            record = record[name]
        change(record)

    return changed


def _ways(name: str, schema: Schema) -> Iterator[tuple[str, Change]]:
    kinds = schema.get("type", ())
    allowed = {kinds} if isinstance(kinds, str) else {*map(str, kinds)}  # type: ignore[arg-type]
    if not allowed:
        return
    yield "missing", lambda record: record.pop(name)
    yield "renamed", lambda record: record.update({name.upper(): record.pop(name)})
    if "null" not in allowed:
        yield "null", setting(**{name: None})
    if "array" not in allowed:
        yield "wrapped", lambda record: record.update({name: [record[name]]})
    if "object" not in allowed:
        yield "nested", lambda record: record.update({name: {"value": record[name]}})
    if "string" not in allowed:
        yield "as_text", lambda record: record.update({name: canonical_json(record[name])})
    elif not allowed & {"integer", "number"}:
        yield "as_number", lambda record: record.update({name: len(str(record[name]))})
    yield from _out_of_range(name, schema, allowed)


def _out_of_range(name: str, schema: Schema, allowed: set[str]) -> Iterator[tuple[str, Change]]:
    if "string" in allowed:
        if "enum" in schema or "pattern" in schema:
            yield "unknown", lambda record: record.update({name: f"{record[name]} ?"})
        else:
            most = schema.get("maxLength", _SIZES)
            yield "too_long", setting(**{name: "x" * (int(str(most)) + 1)})
        if schema.get("minLength") or "enum" in schema or "pattern" in schema:
            yield "empty", setting(**{name: ""})
    if allowed & {"integer", "number"}:
        yield "too_small", _moved(name, schema, "minimum", -1)
        yield "too_large", _moved(name, schema, "maximum", 1)
    if "integer" in allowed:
        yield "fraction", setting(**{name: 0.5})


def _moved(name: str, schema: Mapping[str, Json], limit: str, by: int) -> Change:
    bound = schema[limit]
    assert isinstance(bound, int | float)
    return setting(**{name: bound + by})
