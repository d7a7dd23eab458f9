"""How text is counted: a rule that people can check by hand.

Every started group of four letters, digits or underscores of a word is one token, every other
visible character is one token, white space is none.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_TOKEN = re.compile(r"\w{1,4}|[^\w\s]")
_PIECE = re.compile(r"\s*(?:\w{1,4}|[^\w\s])")


class _Words(dict[str, int]):
    """Text without white space → its tokens: words repeat, whatever is asked."""

    def __missing__(self, text: str) -> int:
        if len(self) >= _WORDS_MAX:
            self.clear()
        tokens = (len(text) + 3) >> 2 if text.isalnum() else len(_TOKEN.findall(text))
        self[text] = tokens
        return tokens


_WORDS_MAX: Final = 4096
_TOKENS_OF: Final = _Words().__getitem__


@lru_cache(maxsize=1024)
def count_tokens(text: str) -> int:
    """How many tokens a text has; of the latest texts it is remembered, conversations repeat."""
    return sum(map(_TOKENS_OF, text.split()))


def cut(text: str, tokens_max: int) -> tuple[str, str]:
    """The text within its tokens, and the reason why it ends there: `length` or `stop`."""
    if len(text) <= tokens_max:  # a token has one character at least
        return text, "stop"
    for count, match in enumerate(_TOKEN.finditer(text), start=1):
        if count > tokens_max:
            return text[: match.start()].rstrip(), "length"
    return text, "stop"


def pieces(text: str) -> Iterator[str]:
    """The text in the pieces in which a model streams it: a token with the space before it."""
    end = 0
    for match in _PIECE.finditer(text):
        end = match.end()
        yield match.group()
    if end < len(text):
        yield text[end:]
