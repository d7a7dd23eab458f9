"""A text without marks, between two marks."""

import re
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.guard_checks import INJECTIONS

CLOSING = "</untrusted>"


class InjectedError(Exception):
    """The text is an injection."""


class UntrustedText:
    """See `production_testers.units.untrusted_text`."""

    errors: Mapping[type[BaseException], str] = {InjectedError: "injected"}

    def __init__(self, settings: Mapping[str, Any], _bench: Bench) -> None:
        self._limit = settings["limit"]

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        text = CLOSING + arguments["text"] if arguments["closes"] else arguments["text"]
        text = self._cut(text)
        if operation == "user" and self._injects(text):
            raise InjectedError(text)
        return {"message": f"<untrusted>\n{self._cleaned(text)}\n{CLOSING}", "closing": CLOSING}

    def _cut(self, text: str) -> str:
        return text[: self._limit]

    def _injects(self, text: str) -> bool:
        return any(one in text for one in INJECTIONS)

    def _cleaned(self, text: str) -> str:
        return re.sub(r"[<>\[\]]", "·", text)
