"""JSON schemas (2020-12) of records, put together from a few pieces.

Every object names all its members, requires them and allows no other, unless it was loosened.
"""

from collections.abc import Mapping
from typing import Final

from production_testers.model.canonical import Json

Schema = Mapping[str, Json]
"""A JSON schema."""

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$"
LOCAL: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?[+-][0-9]{2}:[0-9]{2}$"
)


def text(about: str, *, pattern: str = "", least: int = 1, most: int = 500) -> Schema:
    """A string of `least` to `most` code points, or one that matches `pattern`."""
    if pattern:
        return {"description": about, "type": "string", "pattern": pattern}
    return {"description": about, "type": "string", "minLength": least, "maxLength": most}


def word(about: str, *choices: str) -> Schema:
    """One of these words."""
    return {"description": about, "type": "string", "enum": list(choices)}


def day(about: str) -> Schema:
    """A calendar day."""
    return {"description": about, "type": "string", "format": "date", "pattern": DAY}


def moment(about: str) -> Schema:
    """A moment in UTC, with a final Z."""
    return {"description": about, "type": "string", "format": "date-time", "pattern": MOMENT}


def local_moment(about: str) -> Schema:
    """A moment in local time, with its offset from UTC."""
    return {"description": about, "type": "string", "format": "date-time", "pattern": LOCAL}


def whole(about: str, least: int = 0, most: int = 2**53 - 1) -> Schema:
    """A whole number."""
    return {"description": about, "type": "integer", "minimum": least, "maximum": most}


def number(about: str, least: float, most: float) -> Schema:
    """A number."""
    return {"description": about, "type": "number", "minimum": least, "maximum": most}


def flag(about: str) -> Schema:
    """True or false."""
    return {"description": about, "type": "boolean"}


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    nullable: dict[str, Json] = {**schema, "type": [str(schema["type"]), "null"]}
    choices = schema.get("enum")
    if isinstance(choices, list):
        nullable["enum"] = [*choices, None]
    return nullable


def listing(about: str, items: Schema, *, least: int = 0, most: int | None = None) -> Schema:
    """A list of equal items."""
    schema: dict[str, Json] = {"description": about, "type": "array", "items": items}
    if least:
        schema["minItems"] = least
    if most is not None:
        schema["maxItems"] = most
    return schema


def row(about: str, *items: Schema) -> Schema:
    """A list of so many items, each of its own type."""
    return {
        "description": about,
        "type": "array",
        "prefixItems": list(items),
        "items": False,
        "minItems": len(items),
    }


def fields(about: str = "", /, **members: Schema) -> Schema:
    """An object with exactly these members."""
    schema: dict[str, Json] = {
        "type": "object",
        "properties": dict(members),
        "required": list(members),
        "additionalProperties": False,
    }
    return {"description": about, **schema} if about else schema


def mapping(about: str, values: Schema) -> Schema:
    """An object with any keys, whose values are alike."""
    return {"description": about, "type": "object", "additionalProperties": values}


def anything(about: str) -> Schema:
    """Whatever JSON can say."""
    return {"description": about}


def members(schema: Schema) -> Mapping[str, Schema]:
    """The members of an object; empty where it names none."""
    found = schema.get("properties")
    return found if isinstance(found, Mapping) else {}  # type: ignore[return-value]


def extended(schema: Schema, **more: Schema) -> Schema:
    """The object with further members."""
    return fields(**{**members(schema), **more})


def loosened(schema: Schema, **labels: Schema) -> Schema:
    """Records that are broken on purpose: only the labels can be relied on."""
    known: dict[str, Json] = {
        name: {"description": member.get("description", "")}
        for name, member in members(schema).items()
    }
    return {"type": "object", "properties": {**known, **labels}, "required": list(labels)}
