"""One way to write a value as JSON, so that equal values have equal bytes and digests."""

import hashlib
import json
from collections.abc import Mapping, Sequence

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
"""What may stand in a scenario, an event or an evidence file."""


def _mapping(value: object) -> object:
    """Whatever mapping a framework freezes values into is written as an object."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_mapping
)
"""Made once: `json.dumps` makes one at every call that is not its plainest."""


def canonical_json(value: object) -> str:
    """Write `value` with sorted keys, no spaces, and no characters outside ASCII.

    Raises:
        TypeError: `value` holds something that JSON cannot say.
    """
    return _ENCODER.encode(value)


def plain(value: Mapping[str, Json]) -> dict[str, Json]:
    """A copy in plain dictionaries and lists, whatever the original is made of."""
    return {key: _copied(member) for key, member in value.items()}


def _copied(value: Json) -> Json:
    if isinstance(value, Mapping):
        return plain(value)
    return [_copied(member) for member in value] if isinstance(value, list | tuple) else value


def digest(value: object) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of `canonical_json(value)`."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:16]
