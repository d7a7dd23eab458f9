"""Clinical notes whose protected health information is marked exactly."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from production_testers.model.canonical import Json

KINDS: Final = (
    "NAME",
    "DATE",
    "MRN",
    "SSN",
    "PLAN",
    "PHONE",
    "EMAIL",
    "ADDRESS",
    "AGE",
    "RELATIVE",
)
"""Kinds of identifiers (45 CFR 164.514(b)(2)); AGE is marked over 89 only, as the rule says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phi:
    """One piece of protected health information.

    Attributes:
        type: One of `KINDS`.
        text: As it stands in the note.
        plain: What it means; differs from `text` where it is disguised.
    """

    type: str
    text: str
    plain: str


Piece = str | Phi


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text with its spans.

    Attributes:
        text: The note.
        spans: [start, end, type] in code points, end excluded, in order.
        plain: What each span means.
    """

    text: str
    spans: list[Json]
    plain: list[Json]


def assembled(pieces: Sequence[Piece]) -> Note:
    """Put a note together; spans are exact because they are counted while it grows."""
    texts: list[str] = []
    spans: list[Json] = []
    plain: list[Json] = []
    at = 0
    for piece in pieces:
        text = piece if isinstance(piece, str) else piece.text
        if isinstance(piece, Phi):
            spans.append([at, at + len(text), piece.type])
            plain.append(piece.plain)
        texts.append(text)
        at += len(text)
    return Note(text="".join(texts), spans=spans, plain=plain)


_FULL_WIDTH: Final = str.maketrans({str(n): chr(0xFF10 + n) for n in range(10)})
_ARABIC_INDIC: Final = str.maketrans({str(n): chr(0x0660 + n) for n in range(10)})
_WORDS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_LOOKALIKES: Final = str.maketrans(
    {"a": "\u0430", "c": "\u0441", "e": "\u0435", "o": "\u043e", "p": "\u0440", "A": "\u0410"}
)


def _spelled_out(text: str) -> str:
    return " ".join(_WORDS[int(letter)] if letter in "0123456789" else letter for letter in text)


DISGUISES: Final[Mapping[str, Callable[[str], str]]] = {
    "spaced": " ".join,
    "full_width_digits": lambda text: text.translate(_FULL_WIDTH),
    "arabic_indic_digits": lambda text: text.translate(_ARABIC_INDIC),
    "spelled_out_digits": _spelled_out,
    "zero_width": "\u200b".join,
    "lookalike_letters": lambda text: text.translate(_LOOKALIKES),
    "at_and_dot": lambda text: text.replace("@", " at ").replace(".", " dot "),
    "line_breaks": lambda text: text.replace(" ", "\n").replace("-", "-\n"),
    "upper_case": str.upper,
}
"""Way of hiding → what it does to the text of a span; to some texts it does nothing."""


def disguised(pieces: Sequence[Piece], way: str) -> list[Piece]:
    """The pieces with their protected information hidden in one way; the meaning stays."""
    hide = DISGUISES[way]
    return [
        piece
        if isinstance(piece, str)
        else Phi(type=piece.type, text=hide(piece.text), plain=piece.plain)
        for piece in pieces
    ]
