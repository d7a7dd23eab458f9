"""Texts that are allowed and unusual: each generator has a property that its texts have."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from production_testers.mocks.datasets.draws import between, pick

_WORDS: Final = ("river", "stone", "market", "evening", "signal", "paper", "garden", "window")
_MARKS: Final = "\u0300\u0301\u0302\u0303\u0308\u030a\u0316\u0323\u0327\u0331\u0489"
_RTL: Final = ("\u0634\u0631\u0643\u0629", "\u05e9\u05dc\u05d5\u05dd", "\u062f\u0627\u062f")
_ISOLATES: Final = (("\u202e", "\u202c"), ("\u2067", "\u2069"), ("\u202b", "\u202c"))
_INVISIBLE: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u2062"
_BLANKS: Final = " \t\u00a0\u1680\u2003\u2009\u202f\u205f\u3000"
_ENDS: Final = ("\r\n", "\r", "\n", "\u0085", "\u2028", "\u2029", "\x0b", "\x0c")
_EMOJI: Final = (
    "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "\U0001f1e7\U0001f1f7",
    "\U0001f44d\U0001f3fd",
    "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "\u2764\ufe0f\u200d\U0001f525",
)
_CASED: Final = ("Stra\u00dfe", "\ufb01n", "\u0149", "\u017f", "\u03d0", "\u0131")
_NOT_CHARACTERS: Final = "\ufdd0\ufffe\uffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """A family of texts.

    Attributes:
        about: What is unusual.
        draw: Gives one of them, of some words at most.
        shows: Whether a text has the property; an ordinary one has not.
        encodable: Whether it can be written as UTF-8.
    """

    about: str
    draw: Callable[[Random], str]
    shows: Callable[[str], bool]
    encodable: bool = True


def _words(random: Random, least: int = 1, most: int = 4) -> str:
    return " ".join(pick(random, _WORDS) for _ in range(between(random, least, most)))


def _inside(random: Random, piece: str) -> str:
    """An ordinary text with a piece somewhere in it."""
    text = _words(random)
    at = between(random, 0, len(text))
    return text[:at] + piece + text[at:]


def _combining(random: Random) -> str:
    marks = "".join(pick(random, _MARKS) for _ in range(between(random, 1, 24)))
    return _words(random) + " " + pick(random, "aeiouZ") + marks


def _right_to_left(random: Random) -> str:
    begin, end = pick(random, _ISOLATES)
    return f"{_words(random)} {pick(random, _RTL)} {between(random, 0, 999)} {begin}txt.exe{end}"


def _decomposed(random: Random) -> str:
    composed = "".join(pick(random, "\u00e9\u00fc\u00f1\u00e5\u1e69\ud55c\u0958") for _ in range(4))
    return _words(random) + " " + unicodedata.normalize("NFD", composed)


def _astral(random: Random) -> str:
    return _inside(random, chr(pick(random, (0x1D54F, 0x20BB7, 0x10FFFD, 0x1F980, 0x13080))))


def _surrogate(random: Random) -> str:
    return _inside(random, chr(between(random, 0xD800, 0xDFFF)))


def _reversed_pair(random: Random) -> str:
    return _inside(
        random, chr(between(random, 0xDC00, 0xDFFF)) + chr(between(random, 0xD800, 0xDBFF))
    )


def _has(signs: str) -> Callable[[str], bool]:
    return lambda text: any(sign in text for sign in signs)


TEXTS: Final[Mapping[str, Texts]] = {
    "combining": Texts(
        about="up to 24 combining marks on one letter",
        draw=_combining,
        shows=lambda text: any(unicodedata.combining(sign) for sign in text),
    ),
    "decomposed": Texts(
        about="letters whose composed form is another text",
        draw=_decomposed,
        shows=lambda text: unicodedata.normalize("NFC", text) != text,
    ),
    "compatibility": Texts(
        about="full-width and ligature forms that NFKC folds",
        draw=lambda random: _inside(
            random, pick(random, ("\uff21\uff11", "\ufb03", "\u2460", "\u33a1"))
        ),
        shows=lambda text: (
            unicodedata.normalize("NFKC", text) != unicodedata.normalize("NFC", text)
        ),
    ),
    "right_to_left": Texts(
        about="right-to-left words, numbers, and marks that turn the order",
        draw=_right_to_left,
        shows=lambda text: any(unicodedata.bidirectional(s) in {"R", "AL", "RLO"} for s in text),
    ),
    "zero_width": Texts(
        about="signs that cannot be seen, inside words",
        draw=lambda random: _inside(random, pick(random, _INVISIBLE)),
        shows=_has(_INVISIBLE),
    ),
    "blanks": Texts(
        about="blanks that are not the space, at either end",
        draw=lambda random: pick(random, _BLANKS) + _words(random) + pick(random, _BLANKS),
        shows=lambda text: text != text.strip(),
    ),
    "line_ends": Texts(
        about="eight ways to end a line",
        draw=lambda random: _words(random) + pick(random, _ENDS) + _words(random),
        shows=lambda text: len(text.splitlines()) > 1,
    ),
    "controls": Texts(
        about="NUL, bell, escape sequences, delete",
        draw=lambda random: _inside(
            random, pick(random, ("\x00", "\x07", "\x1b[31m", "\x7f", "\x9b"))
        ),
        shows=lambda text: any(unicodedata.category(sign) == "Cc" for sign in text),
    ),
    "emoji": Texts(
        about="one sign of several code points",
        draw=lambda random: _inside(random, pick(random, _EMOJI)),
        shows=lambda text: any(piece in text for piece in _EMOJI),
    ),
    "astral": Texts(
        about="code points over U+FFFF: two units in UTF-16, four bytes in UTF-8",
        draw=_astral,
        shows=lambda text: max(map(ord, text)) > 0xFFFF,
    ),
    "casing": Texts(
        about="letters that do not survive upper case and back",
        draw=lambda random: _inside(random, pick(random, _CASED)),
        shows=lambda text: text.upper().lower() != text.lower(),
    ),
    "non_characters": Texts(
        about="code points that Unicode reserves for no character",
        draw=lambda random: _inside(random, pick(random, _NOT_CHARACTERS)),
        shows=_has(_NOT_CHARACTERS),
    ),
    "syntax": Texts(
        about="text that is syntax elsewhere: JSON, CSV formulas, markup, placeholders",
        draw=lambda random: pick(
            random,
            (
                '{"a": null}',
                "=1+1",
                "<b>&amp;</b>",
                "{0}",
                "%s %n",
                "${x}",
                "a,b;c\td",
                '"\\"',
                "'--",
            ),
        ),
        shows=lambda text: not text.replace(" ", "").isalpha(),
    ),
    "lone_surrogate": Texts(
        about="half of a pair: JSON can escape it, UTF-8 cannot say it",
        draw=_surrogate,
        shows=lambda text: any("\ud800" <= sign <= "\udfff" for sign in text),
        encodable=False,
    ),
    "reversed_pair": Texts(
        about="both halves of a pair in the wrong order",
        draw=_reversed_pair,
        shows=lambda text: any("\ud800" <= sign <= "\udfff" for sign in text),
        encodable=False,
    ),
}
"""Name → texts."""

WRITABLE: Final = tuple(name for name, texts in TEXTS.items() if texts.encodable)
"""Those that can be written as UTF-8."""
