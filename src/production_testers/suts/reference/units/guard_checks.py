"""Checks by plain comparison, after undoing disguises."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.guard_checks import (
    INJECTIONS,
    INVISIBLE,
    LEAKAGE,
    LOOKALIKE,
    PERSONAL,
    words_of,
)

PLAIN_LETTER = {there: here for here, there in LOOKALIKE.items()}
LETTERS = str.maketrans("03457", "oeast")


class GuardChecks:
    """See `production_testers.units.guard_checks`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], _bench: Bench) -> None:
        self._settings = settings

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        text = arguments.get("text", "")
        if operation == "leakage":
            return [one not in LEAKAGE for one in arguments["texts"]]
        if operation == "disguised":
            text = self._undisguised(text)
            return self._words(text) and self._injection(text)
        if operation == "personal":
            return self._personal(text)
        checks = {"words": self._words, "phrases": self._phrases, "injection": self._injection}
        return checks.get(operation, self._length)(text)

    def _words(self, text: str) -> bool:
        return not {word.casefold() for word in self._settings["words"]} & words_of(text)

    def _phrases(self, text: str) -> bool:
        return not any(one.lower() in text.lower() for one in self._settings["phrases"])

    def _length(self, text: str) -> bool:
        return bool(self._settings["chars_min"] <= len(text) <= self._settings["chars_max"])

    def _injection(self, text: str) -> bool:
        plain = re.sub(r"\s+", " ", text).casefold()
        return not any(one in plain for one in INJECTIONS)

    def _undisguised(self, text: str) -> str:
        return self._letters(self._visible(self._narrow(self._same_script(text))))

    def _visible(self, text: str) -> str:
        return "".join(c for c in text if c not in INVISIBLE)

    def _narrow(self, text: str) -> str:
        return unicodedata.normalize("NFKC", text)

    def _same_script(self, text: str) -> str:
        return text.translate(PLAIN_LETTER)

    def _letters(self, text: str) -> str:
        return text.translate(LETTERS)

    def _personal(self, text: str) -> dict[str, Json]:
        where: list[Json] = []
        for personal in PERSONAL:
            where += [[m.start(), m.end()] for m in re.finditer(re.escape(personal), text)]
        return {"passed": not where, "text": self._hidden(text, where), "where": where}

    def _hidden(self, text: str, where: list[Any]) -> str:
        shown, done = "", 0
        for start, end in sorted(where):
            shown += text[done:start] + "*" * (end - start)
            done = end
        return shown + text[done:]
