"""Bytes that are no JSON, or no text: broken encodings, ambiguous and bottomless documents.

`accepts` says what a strict reader (RFC 8259, UTF-8 without a byte order mark) does with the
bytes: "no" refuses them, "yes" reads them, "depends" is what the standard leaves open.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from struct import pack
from typing import Final
from zlib import crc32

from production_testers.mocks.datasets.draws import between, digits, pick


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """A way to be broken.

    Attributes:
        about: What is broken.
        accepts: "no", "yes" or "depends".
        draw: Gives the bytes.
    """

    about: str
    accepts: str
    draw: Callable[[Random], bytes]


def _text(random: Random) -> str:
    return f'{{"id": {between(random, 1, 9999)}, "text": "order {digits(random, 4)}"}}'


def _with(piece: bytes) -> Callable[[Random], bytes]:
    """An ordinary document with bytes in its string."""
    return lambda random: _text(random).encode().replace(b"order", b"or" + piece + b"der")


def _instead(old: str, new: str) -> Callable[[Random], bytes]:
    return lambda random: _text(random).replace(old, new).encode()


def _deep(random: Random, opening: bytes, closing: bytes) -> bytes:
    levels = between(random, 20_000, 60_000)
    return opening * levels + b"1" + closing * levels


def _bomb(random: Random) -> bytes:
    """A gzip member of zeros, packed by hand: libraries pack differently from version to version.

    One fixed Huffman block (RFC 1951): the literal, then copies of 258 bytes from one back.
    """
    copies = between(random, 2_000, 4_000)
    bits = "110" + "01100000" + ("11000101" + "00000") * copies + "0000000"
    bits += "0" * (-len(bits) % 8)
    packed = bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))
    plain = b"0" * (1 + 258 * copies)
    header = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    return header + packed + pack("<II", crc32(plain), len(plain))


ENCODINGS: Final[Mapping[str, Encoding]] = {
    "continuation_alone": Encoding(
        about="a UTF-8 continuation byte without its lead", accepts="no", draw=_with(b"\x80")
    ),
    "cut_sequence": Encoding(
        about="a UTF-8 sequence that is cut off", accepts="no", draw=_with(b"\xe2\x82")
    ),
    "overlong": Encoding(
        about="a slash in two bytes, where one would do", accepts="no", draw=_with(b"\xc0\xaf")
    ),
    "surrogate_bytes": Encoding(
        about="half of a surrogate pair in UTF-8 (CESU-8)",
        accepts="no",
        draw=_with(b"\xed\xa0\xbd"),
    ),
    "beyond_unicode": Encoding(
        about="a code point over U+10FFFF", accepts="no", draw=_with(b"\xf4\x90\x80\x80")
    ),
    "latin_1": Encoding(about="an e acute of Latin-1", accepts="no", draw=_with(b"\xe9")),
    "utf_16": Encoding(
        about="UTF-16 with a mark, where UTF-8 is expected",
        accepts="no",
        draw=lambda random: b"\xff\xfe" + _text(random).encode("utf-16-le"),
    ),
    "byte_order_mark": Encoding(
        about="UTF-8 with a byte order mark",
        accepts="depends",
        draw=lambda random: b"\xef\xbb\xbf" + _text(random).encode(),
    ),
    "nul_inside": Encoding(
        about="a NUL byte inside a string, not escaped", accepts="no", draw=_with(b"\x00")
    ),
    "line_feed_inside": Encoding(
        about="a line feed inside a string, not escaped", accepts="no", draw=_with(b"\n")
    ),
    "lone_escape": Encoding(
        about="an escaped half of a surrogate pair", accepts="depends", draw=_with(b"\\ud800")
    ),
    "bad_escape": Encoding(
        about="an escape that does not exist", accepts="no", draw=_with(b"\\x41")
    ),
    "cut_document": Encoding(
        about="a document that is cut off",
        accepts="no",
        draw=lambda random: _text(random).encode()[: between(random, 1, 20)],
    ),
    "two_documents": Encoding(
        about="two documents where one is expected",
        accepts="no",
        draw=lambda random: (_text(random) + _text(random)).encode(),
    ),
    "trailing_comma": Encoding(about="a comma too many", accepts="no", draw=_instead("}", ",}")),
    "single_quotes": Encoding(
        about="quotes of another language", accepts="no", draw=_instead('"', "'")
    ),
    "comment": Encoding(about="a comment", accepts="no", draw=_instead("{", "{/* x */")),
    "not_a_number": Encoding(
        about="NaN where JSON has no such number",
        accepts="no",
        draw=_instead('"id": ', '"n": NaN, "id": '),
    ),
    "infinity": Encoding(
        about="-Infinity where JSON has no such number",
        accepts="no",
        draw=_instead('"id": ', '"n": -Infinity, "id": '),
    ),
    "leading_zero": Encoding(
        about="a number with a leading zero", accepts="no", draw=_instead('"id": ', '"id": 0')
    ),
    "beyond_double": Encoding(
        about="a number that no double can hold",
        accepts="depends",
        draw=_instead('"id": ', '"n": 1e999, "id": '),
    ),
    "key_twice": Encoding(
        about="a key that comes twice, with two values",
        accepts="depends",
        draw=_instead('"id": ', '"id": 0, "id": '),
    ),
    "key_twice_escaped": Encoding(
        about="a key that comes twice, once escaped",
        accepts="depends",
        draw=_instead('"id": ', '"\\u0069d": 0, "id": '),
    ),
    "nothing": Encoding(
        about="no byte, or blanks only",
        accepts="no",
        draw=lambda random: pick(random, (b"", b" ", b"\n\n", b"\t")),
    ),
    "deep_lists": Encoding(
        about="tens of thousands of lists inside each other",
        accepts="depends",
        draw=lambda random: _deep(random, b"[", b"]"),
    ),
    "deep_objects": Encoding(
        about="tens of thousands of objects inside each other",
        accepts="depends",
        draw=lambda random: _deep(random, b'{"a":', b"}"),
    ),
    "long_number": Encoding(
        about="a number of thousands of digits",
        accepts="depends",
        draw=lambda random: b'{"n": ' + b"9" * between(random, 5_000, 20_000) + b"}",
    ),
    "huge_string": Encoding(
        about="a string of a quarter of a megabyte",
        accepts="yes",
        draw=lambda random: b'{"text": "' + b"a" * between(random, 200_000, 260_000) + b'"}',
    ),
    "packed_bomb": Encoding(
        about="gzip that unpacks to more than a hundred times its size, where JSON is expected",
        accepts="no",
        draw=_bomb,
    ),
}
"""Name → encoding."""


def as_text(data: bytes) -> str:
    """Bytes as base64, so that a record can hold them."""
    return base64.b64encode(data).decode("ascii")
