"""Records as JSON text: the bytes of `canonical_json`, several times quicker.

A record whose schema names every member is written by a function that was put together for
that schema once. Where the schema leaves something open, `canonical_json` writes it.
"""

import json.encoder
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from production_testers.mocks.datasets.schema import Schema, members
from production_testers.model.canonical import canonical_json

Encoder = Callable[[Any], str]

_quoted: Encoder = json.encoder.encode_basestring_ascii
_SIMPLE: Final[Mapping[str, str]] = {
    "string": "quoted({})",
    "integer": "{}",
    "number": "{}",
    "boolean": "'true' if {} else 'false'",
}


def line_encoder(schema: Schema) -> Encoder:
    """What writes records that keep `schema`, in ASCII, keys sorted, without spaces.

    For records that break the schema the text is undefined: write those with `canonical_json`.
    """
    names: dict[str, Encoder] = {"quoted": _quoted, "canonical": canonical_json}
    if not _is_closed(schema):
        return canonical_json
    return _object_encoder(schema, names)


def _is_closed(schema: Schema) -> bool:
    return (
        schema.get("type") == "object"
        and schema.get("additionalProperties") is False
        and bool(members(schema))
        and set(members(schema)) == set(_strings(schema.get("required")))
    )


def _object_encoder(schema: Schema, names: dict[str, Encoder]) -> Encoder:
    pieces = []
    for name in sorted(members(schema)):
        if not name.isidentifier():
            return canonical_json
        pieces.append(f'"{name}":{{{_expression(members(schema)[name], f"r[{name!r}]", names)}}}')
    code = f'lambda r: f"""{{{{{",".join(pieces)}}}}}"""'
    made: Encoder = eval(code, names)  # noqa: S307 - of names of our own schemas, nobody's input
    return made


def _expression(schema: Schema, value: str, names: dict[str, Encoder]) -> str:
    """A Python expression that writes `value`, which holds no double quotes."""
    kinds = _strings(schema.get("type"))
    rest = [kind for kind in kinds if kind != "null"]
    if len(rest) != 1:
        return f"canonical({value})"
    if rest[0] in _SIMPLE:
        written = _SIMPLE[rest[0]].format(value)
    elif rest[0] == "object" and _is_closed(schema):
        written = f"{_named(names, _object_encoder(schema, names))}({value})"
    elif rest[0] == "array" and isinstance(schema.get("items"), Mapping):
        written = f"{_named(names, _list_encoder(schema['items'], names))}({value})"  # type: ignore[arg-type]
    else:
        written = f"canonical({value})"
    return f"({written}) if {value} is not None else 'null'" if "null" in kinds else written


def _list_encoder(items: Schema, names: dict[str, Encoder]) -> Encoder:
    kinds = _strings(items.get("type"))
    if kinds == ["string"]:
        encode = _quoted
    elif kinds == ["object"] and _is_closed(items):
        encode = _object_encoder(items, names)
    else:
        return canonical_json
    return partial(_joined, encode)


def _joined(encode: Encoder, values: Any) -> str:
    return f"[{','.join(map(encode, values))}]"


def _named(names: dict[str, Encoder], encode: Encoder) -> str:
    name = f"encode_{len(names)}"
    names[name] = encode
    return name


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(one) for one in value] if isinstance(value, list) else []
