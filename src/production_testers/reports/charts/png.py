"""PNG files without loss, but smaller: the renderer is fast and leaves them four times as large."""

import struct
import zlib
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LEVEL = 6


def smaller(image: bytes) -> bytes:
    """The same picture, its data deflated with more effort."""
    chunks = list(_chunks(image))
    data = b"".join(body for kind, body in chunks if kind == b"IDAT")
    deflated = zlib.compress(zlib.decompress(data), _LEVEL)
    written = [_SIGNATURE]
    for kind, body in chunks:
        if kind == b"IEND":
            written.append(_chunk(b"IDAT", deflated))
        if kind != b"IDAT":
            written.append(_chunk(kind, body))
    return b"".join(written)


def _chunks(image: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(image):
        length, kind = struct.unpack_from(">I4s", image, at)
        yield kind, image[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", checksum)
