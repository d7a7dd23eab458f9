"""A body checked against the part of JSON Schema that APIs use: every mistake with its place.

Known words: type, required, properties, additionalProperties (false), enum, minimum, maximum,
minLength, maxLength, pattern, items, minItems, maxItems. Other words are refused when a schema is
declared, so that none is passed over silently.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.errors import UsageError

_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, Mapping),
    "array": lambda value: isinstance(value, list | tuple),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
_BOUNDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda value, bound: not _TYPES["number"](value) or value >= bound,
    "maximum": lambda value, bound: not _TYPES["number"](value) or value <= bound,
    "minLength": lambda value, bound: not isinstance(value, str) or len(value) >= bound,
    "maxLength": lambda value, bound: not isinstance(value, str) or len(value) <= bound,
    "minItems": lambda value, bound: not isinstance(value, list) or len(value) >= bound,
    "maxItems": lambda value, bound: not isinstance(value, list) or len(value) <= bound,
    "pattern": lambda value, bound: not isinstance(value, str) or bool(re.search(bound, value)),
    "enum": lambda value, bound: value in bound,
}
_STRUCTURE = ("type", "required", "properties", "additionalProperties", "items")
_NOTES = ("title", "description", "default", "examples", "format", "$schema")


def declared(schema: Mapping[str, Json], place: str = "schema") -> None:
    """Refuse a schema that says something unknown here.

    Raises:
        UsageError: A word or a type that is not checked.
    """
    for word in schema:
        if word not in (*_BOUNDS, *_STRUCTURE, *_NOTES):
            known = ", ".join((*_STRUCTURE, *_BOUNDS))
            raise UsageError(f"{place}: {word!r} is not checked.", do=f"Known: {known}.")
    kind = schema.get("type")
    if kind is not None and kind not in _TYPES:
        raise UsageError(f"{place}.type: {kind!r}.", do=f"Known: {', '.join(_TYPES)}.")
    properties = schema.get("properties")
    for name, member in (properties if isinstance(properties, Mapping) else {}).items():
        if isinstance(member, Mapping):
            declared(member, f"{place}.{name}")
    if isinstance(items := schema.get("items"), Mapping):
        declared(items, f"{place}.items")


def mistakes(value: Json, schema: Mapping[str, Any], place: str = "body") -> Iterator[str]:
    """Every place where a value does not keep a schema."""
    kind = schema.get("type")
    if kind is not None and not _TYPES[kind](value):
        yield f"{place}: {value!r} is no {kind}"
        return
    for word, holds in _BOUNDS.items():
        if word in schema and not holds(value, schema[word]):
            yield f"{place}: {value!r} breaks {word} {schema[word]!r}"
    if isinstance(value, Mapping):
        yield from _of_members(value, schema, place)
    if isinstance(value, list | tuple) and "items" in schema:
        for index, one in enumerate(value):
            yield from mistakes(one, schema["items"], f"{place}[{index}]")


def _of_members(value: Mapping[str, Json], schema: Mapping[str, Any], place: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{place}.{name}: is missing"
    for name, member in value.items():
        if name in properties:
            yield from mistakes(member, properties[name], f"{place}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{place}.{name}: there is no such member"
