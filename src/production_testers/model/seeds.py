"""The one source of randomness and ids: everything is derived from a seed and a path of names.

A derived value depends on nothing but its arguments, so adding a consumer never shifts
another one's values, and a smaller plan is a prefix of a larger one.
"""

import hashlib
import uuid
from random import Random

from production_testers.model.canonical import canonical_json


def derive(seed: int, *path: str | int) -> int:
    """A 64-bit number that belongs to `path` under `seed`."""
    text = canonical_json([seed, *path])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def random_for(seed: int, *path: str | int) -> Random:
    """A generator of its own for `path`."""
    return Random(derive(seed, *path))


def uuid_for(seed: int, *path: str | int) -> uuid.UUID:
    """A version-4-shaped UUID that belongs to `path` under `seed`."""
    text = canonical_json([seed, *path])
    return uuid.UUID(bytes=hashlib.blake2b(text.encode(), digest_size=16).digest(), version=4)


def fraction(seed: int, *path: str | int) -> float:
    """A number in [0, 1) that belongs to `path` under `seed`."""
    return derive(seed, *path) / 2**64
