"""Embeddings: texts that share character trigrams are near each other."""

import base64
import math
import struct
import zlib
from collections.abc import Sequence

from production_testers.model.seeds import derive


def vector_of(text: str, seed: int, dimensions: int) -> list[float]:
    """A unit vector that belongs to a text under a seed."""
    start = derive(seed, "embed") & 0xFFFFFFFF
    padded = f"^{text.casefold()}$".encode("utf-8", "surrogatepass")
    vector = [0.0] * dimensions
    for index in range(max(1, len(padded) - 2)):
        hashed = zlib.crc32(padded[index : index + 3], start)
        vector[(hashed >> 1) % dimensions] += 1.0 if hashed & 1 else -1.0
    length = math.sqrt(sum(member * member for member in vector))
    if length == 0.0:  # trigrams can cancel each other out
        return [1.0] + [0.0] * (dimensions - 1)
    return [member / length for member in vector]


def packed(vector: Sequence[float]) -> str:
    """A vector as clients ask for it with `encoding_format: base64`: 32-bit floats."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """How near two vectors of one length are: 1 the same direction, 0 nothing in common."""
    lengths = math.sqrt(sum(x * x for x in one)) * math.sqrt(sum(y * y for y in other))
    if not lengths:
        return 0.0
    return sum(x * y for x, y in zip(one, other, strict=True)) / lengths
