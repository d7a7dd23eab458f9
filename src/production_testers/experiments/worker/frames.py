"""Frames: four bytes of length, big endian, then that much JSON in UTF-8."""

import json
import struct
from typing import Any, BinaryIO, Protocol


class Readable(Protocol):
    """What `read` needs of a stream."""

    def read(self, count: int, /) -> bytes:
        """All of `count` bytes, or what there is before the end."""


LIMIT_BYTES = 512 * 1024 * 1024


def write(stream: BinaryIO, message: dict[str, Any]) -> None:
    """Write one message and flush."""
    body = json.dumps(message, separators=(",", ":")).encode()
    stream.write(struct.pack(">I", len(body)) + body)
    stream.flush()


def read(stream: Readable) -> dict[str, Any] | None:
    """Read one message; None at the end of the stream.

    Raises:
        ValueError: The stream ends inside a message, or the length makes no sense.
    """
    head = stream.read(4)
    if not head:
        return None
    length = struct.unpack(">I", head)[0] if len(head) == 4 else LIMIT_BYTES + 1
    if length > LIMIT_BYTES:
        raise ValueError(f"a frame of {length} bytes")
    body = stream.read(length)
    if len(body) != length:
        raise ValueError(f"the stream ended after {len(body)} of {length} bytes")
    return parse(body)


def parse(body: bytes) -> dict[str, Any]:
    """The message that a frame holds after its length."""
    message: dict[str, Any] = json.loads(body)
    return message
