"""What stages give and get, as it stands in a history: digests, sizes, origins, canaries.

And how a careless stage writes into what it was given.
"""

import re
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json, canonical_json, digest
from production_testers.model.pipeline import ORIGIN

_CANARY = re.compile(r"CANARY-[0-9a-f]{8,}")


def digest_of(value: Mapping[str, Json], keys: frozenset[str] | None) -> str:
    """Digest of what a stage gave: of these keys only, and without our own mark."""
    chosen = value.keys() if keys is None else keys
    return digest({key: value.get(key) for key in chosen if key != ORIGIN})


def size_of(value: Json) -> int:
    """Characters of text inside a value: what makes it large."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(size_of, value.values()))
    return sum(map(size_of, value)) if isinstance(value, list | tuple) else 0


def origin_of(value: Mapping[str, Json] | None) -> str | None:
    """Which run gave this output, where it says so."""
    origin = None if value is None else value.get(ORIGIN)
    return str(origin[0]) if isinstance(origin, list | tuple) and origin else None


def canaries(value: Json) -> list[str]:
    """Every canary token inside `value`, each once."""
    text = canonical_json(value)
    return sorted(set(_CANARY.findall(text))) if "CANARY-" in text else []


def write_members(value: Mapping[str, Json]) -> None:
    """Write into the members of an output, as a careless stage does."""
    if isinstance(value, dict):
        for key in list(value):
            if key != ORIGIN:
                value[key] = "overwritten"


def write_inside(value: Any) -> None:
    """Write into the lists and objects inside of an output, at every depth."""
    places = range(len(value)) if isinstance(value, list) else list(value)
    for place in places:
        inner = value[place]
        if isinstance(inner, Mapping) or (isinstance(inner, list) and place != ORIGIN):
            write_inside(inner)
            if isinstance(inner, dict):
                inner["written"] = True
            elif isinstance(inner, list):
                inner.append("written")
