"""Takes out of texts what evidence must not keep: a team's secrets, and what is plainly personal.

What an application says in its own errors goes into histories, and from there into evidence,
reports and exports. Each thing that is taken out leaves its kind in its place, and is counted.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from production_testers.model.canonical import Json

SECRET_MIN = 4
"""A shorter value stands in too many texts by chance."""


def _digits(text: str) -> list[int]:
    return [int(letter) for letter in text if letter.isdigit()]


def passes_luhn(text: str) -> bool:
    """Whether the digits of a text have the check digit of card numbers (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(_digits(text))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _always(_text: str) -> bool:
    return True


KINDS: Mapping[str, tuple[re.Pattern[str], Callable[[str], bool]]] = {
    "mail address": (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), _always),
    "card number": (re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.])"), passes_luhn),
    "bank account": (
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
        _always,
    ),
    "token": (re.compile(r"\b(?:sk|pk|tok|ghp|xox[bp]|key|Bearer)[-_ ][\w.-]{8,}"), _always),
    "password in an address": (re.compile(r"(?<=://)[^\s/:@]+:[^\s/@]+(?=@)"), _always),
}  # fmt: skip
"""Kind → how it looks, and what it must pass to be one."""


class Redactor:
    """Redacts texts, and remembers how much of which kind it took out.

    Args:
        named: Value → what it is, in the team's own words.
    """

    def __init__(self, named: Mapping[str, str]) -> None:
        wanted = {value: kind for value, kind in named.items() if len(value) >= SECRET_MIN}
        self._named = sorted(wanted.items(), key=lambda one: -len(one[0]))
        self.counts: Counter[str] = Counter()

    @classmethod
    def of_target(
        cls, secrets: Sequence[str], records: Iterable[Json], variables: Iterable[str]
    ) -> "Redactor":
        """For an application: its requests' secret members, and the variables that it is given."""
        named: dict[str, str] = {}
        for record in records:
            if isinstance(record, Mapping):
                named |= {str(record[name]): f"secret {name}" for name in secrets if name in record}
        named |= {os.environ[name]: f"variable {name}" for name in variables if name in os.environ}
        return cls(named)

    def __call__(self, text: str) -> str:
        """The text with kinds in the place of values."""
        for value, kind in self._named:
            if value in text:
                self.counts[kind] += text.count(value)
                text = text.replace(value, f"[{kind}]")
        for kind, (pattern, is_one) in KINDS.items():
            text = pattern.sub(lambda found: self._replaced(kind, found[0], is_one), text)  # noqa: B023 - used at once
        return text

    def _replaced(self, kind: str, found: str, is_one: Callable[[str], bool]) -> str:
        if not is_one(found):
            return found
        self.counts[kind] += 1
        return f"[{kind}]"


REDACTED = re.compile(rf"\[(secret [^\]\s]+|variable [^\]\s]+|{'|'.join(map(re.escape, KINDS))})\]")
"""What stands in the place of a value."""


def redacted_in(value: Any) -> dict[str, int]:
    """Kind → how often one of it was taken out of what is stored here: a text or JSON."""
    found: Counter[str] = Counter()
    open_ends = [value]
    while open_ends:
        one = open_ends.pop()
        if isinstance(one, str):
            found.update(REDACTED.findall(one))
        elif isinstance(one, Mapping):
            open_ends += one.values()
        elif isinstance(one, list | tuple):
            open_ends += one
    return dict(sorted(found.items()))
