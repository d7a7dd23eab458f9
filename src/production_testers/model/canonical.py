"""One way to write a value as JSON, so that equal values have equal bytes and digests."""

import hashlib
import json
import json.encoder
from collections.abc import Callable, Mapping, Sequence

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
"""What may stand in a scenario, an event or an evidence file."""


def _mapping(value: object) -> object:
    """Whatever mapping a framework freezes values into is written as an object."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


_PUBLIC = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_mapping
)


def _encoder() -> Callable[[object], str]:
    """Writes a value as `_PUBLIC.encode` does, without what that prepares anew at every call.

    The part in C that it makes each time is no public name (decision 180). An interpreter that
    has none, or another one, writes the same bytes more slowly.
    """
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return _PUBLIC.encode
    quoted = json.encoder.encode_basestring_ascii
    # no memory of what it is inside of, nothing that tells defaults, no indent; keys are sorted
    flags = (True, False, True)
    try:
        in_c = make(None, _mapping, quoted, None, ":", ",", *flags)
    except TypeError:
        return _PUBLIC.encode

    def encode(value: object) -> str:
        try:
            return "".join(in_c(value, 0))
        except RecursionError:
            return _PUBLIC.encode(value)  # which tells a circle from what is too deep

    return encode


_ENCODE = _encoder()


def canonical_json(value: object) -> str:
    """Write `value` with sorted keys, no spaces, and no characters outside ASCII.

    Raises:
        TypeError: `value` holds something that JSON cannot say.
    """
    return _ENCODE(value)


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
