"""One way to write a value as JSON, so that equal values have equal bytes and digests."""

import hashlib
import json
from collections.abc import Mapping, Sequence

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
"""What may stand in a scenario, an event or an evidence file."""


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)
"""Made once: `json.dumps` makes one at every call that is not its plainest."""


def canonical_json(value: object) -> str:
    """Write `value` with sorted keys, no spaces, and no characters outside ASCII.

    Raises:
        TypeError: `value` holds something that JSON cannot say.
    """
    return _ENCODER.encode(value)


def digest(value: object) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of `canonical_json(value)`."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:16]
