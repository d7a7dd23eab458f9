"""Ways to hide a text from whoever looks for its words; most of them can be undone."""

import base64
import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final
from urllib.parse import unquote

from production_testers.mocks.datasets.draws import between, pick

# Letters of other scripts that look the same (Unicode confusables, UTS #39).
_TWINS: Final = str.maketrans(
    {
        "a": "\u0430", "c": "\u0441", "e": "\u0435", "i": "\u0456", "j": "\u0458", "o": "\u043e",
        "p": "\u0440", "s": "\u0455", "x": "\u0445", "y": "\u0443", "A": "\u0391", "B": "\u0392",
        "E": "\u0395", "H": "\u0397", "I": "\u0399", "K": "\u039a", "M": "\u039c", "N": "\u039d",
        "O": "\u039f", "P": "\u03a1", "T": "\u03a4", "X": "\u03a7",
    }
)  # fmt: skip
_LEET: Final = str.maketrans("aeiostAEIOST", "431057431057")
_WIDE: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_TAGS: Final = {code: code + 0xE0000 for code in range(0x20, 0x7F)}
_MATHEMATICAL: Final = {
    **{code: 0x1D400 + code - 65 for code in range(65, 91)},
    **{code: 0x1D41A + code - 97 for code in range(97, 123)},
}
_MARKS: Final = "\u0301\u0308\u0323\u0331\u0336"
_MORSE: Final = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz0123456789",
        [
            ".-",
            "-...",
            "-.-.",
            "-..",
            ".",
            "..-.",
            "--.",
            "....",
            "..",
            ".---",
            "-.-",
            ".-..",
            "--",
            "-.",
            "---",
            ".--.",
            "--.-",
            ".-.",
            "...",
            "-",
            "..-",
            "...-",
            ".--",
            "-..-",
            "-.--",
            "--..",
            "-----",
            ".----",
            "..---",
            "...--",
            "....-",
            ".....",
            "-....",
            "--...",
            "---..",
            "----.",
        ],
        strict=True,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A way.

    Attributes:
        about: What it does.
        apply: A generator and a text → the hidden text.
        undo: The hidden text → the text, where that can be done exactly.
    """

    about: str
    apply: Callable[[Random, str], str]
    undo: Callable[[str], str] | None = None


def _split(random: Random, text: str) -> str:
    """Broken inside words, as where a filter sees one line at a time."""
    pieces = []
    for word in text.split(" "):
        at = between(random, 1, len(word) - 1) if len(word) > 3 else 0
        pieces.append(f"{word[:at]}\n{word[at:]}" if at else word)
    return " ".join(pieces)


def _alternating(_random: Random, text: str) -> str:
    return "".join(s.upper() if at % 2 else s.lower() for at, s in enumerate(text))


def _marked(random: Random, text: str) -> str:
    return "".join(s + pick(random, _MARKS) if s.isalpha() else s for s in text)


def _unmarked(text: str) -> str:
    return "".join(s for s in text if s not in _MARKS)


def _morse(_random: Random, text: str) -> str:
    return " ".join(_MORSE.get(sign, "/" if sign == " " else sign) for sign in text.lower())


def _utf_8(text: str) -> bytes:
    """Bytes of any text, lone surrogates as well."""
    return text.encode("utf-8", "surrogatepass")


def _base64(_random: Random, text: str) -> str:
    return base64.b64encode(_utf_8(text)).decode()


def _plus(signs: str) -> Callable[[Random, str], str]:
    return lambda _random, text: signs.join(text)


def _untranslated(table: Mapping[int, int]) -> Callable[[str], str]:
    back = {there: here for here, there in table.items()}
    return lambda text: text.translate(back)


MUTATIONS: Final[Mapping[str, Mutation]] = {
    "homoglyph": Mutation(
        about="letters of other scripts that look the same",
        apply=lambda _random, text: text.translate(_TWINS),
        undo=_untranslated({k: ord(v) for k, v in _TWINS.items()}),
    ),
    "zero_width": Mutation(
        about="a zero-width space between all signs",
        apply=_plus("\u200b"),
        undo=lambda text: text.replace("\u200b", ""),
    ),
    "soft_hyphen": Mutation(
        about="a soft hyphen between all signs",
        apply=_plus("\u00ad"),
        undo=lambda text: text.replace("\u00ad", ""),
    ),
    "spaced": Mutation(about="a space between all signs", apply=_plus(" "), undo=lambda t: t[::2]),
    "leetspeak": Mutation(
        about="digits for letters", apply=lambda _random, text: text.translate(_LEET)
    ),
    "full_width": Mutation(
        about="full-width forms",
        apply=lambda _random, text: text.translate(_WIDE),
        undo=_untranslated(_WIDE),
    ),
    "mathematical": Mutation(
        about="mathematical bold letters",
        apply=lambda _random, text: text.translate(_MATHEMATICAL),
        undo=_untranslated(_MATHEMATICAL),
    ),
    "tag_letters": Mutation(
        about="tag characters, which nobody sees and models read",
        apply=lambda _random, text: "Hello." + text.translate(_TAGS),
        undo=lambda text: _untranslated(_TAGS)(text.removeprefix("Hello.")),
    ),
    "combining": Mutation(about="a combining mark on every letter", apply=_marked, undo=_unmarked),
    "alternating_case": Mutation(about="small and capital letters in turn", apply=_alternating),
    "split": Mutation(
        about="words broken over lines", apply=_split, undo=lambda text: text.replace("\n", "")
    ),
    "reversed": Mutation(
        about="from the last sign to the first",
        apply=lambda _random, text: text[::-1],
        undo=lambda text: text[::-1],
    ),
    "base64": Mutation(
        about="base64 of its UTF-8",
        apply=_base64,
        undo=lambda text: base64.b64decode(text).decode("utf-8", "surrogatepass"),
    ),
    "hexadecimal": Mutation(
        about="hexadecimal digits of its UTF-8",
        apply=lambda _random, text: _utf_8(text).hex(),
        undo=lambda text: bytes.fromhex(text).decode("utf-8", "surrogatepass"),
    ),
    "percent": Mutation(
        about="percent escapes",
        apply=lambda _random, text: "".join(f"%{byte:02X}" for byte in _utf_8(text)),
        undo=lambda text: unquote(text, errors="surrogatepass"),
    ),
    "entities": Mutation(
        about="numeric entities of HTML",
        apply=lambda _random, text: "".join(f"&#{ord(sign)};" for sign in text),
    ),
    "unicode_escapes": Mutation(
        about="escapes as in JSON",
        apply=lambda _random, text: "".join(f"\\u{ord(sign):04x}" for sign in text),
    ),
    "rot13": Mutation(
        about="letters moved on by thirteen",
        apply=lambda _random, text: codecs.encode(text, "rot13"),
        undo=lambda text: codecs.encode(text, "rot13"),
    ),
    "morse": Mutation(about="Morse code", apply=_morse),
}
"""Name → mutation."""


def hide(random: Random, text: str, way: str) -> str:
    """The text, hidden in one way."""
    return MUTATIONS[way].apply(random, text)
