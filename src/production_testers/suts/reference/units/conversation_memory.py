"""A conversation memory that is a list for each session."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class ConversationMemory:
    """See `production_testers.units.conversation_memory`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, _settings: Mapping[str, Any], bench: Bench) -> None:
        self._said: dict[str, list[tuple[str, str, float]]] = {}
        self._now_ms = bench.now_ms

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        session = arguments["session"]
        if operation == "write":
            at = self._now_ms() / 1000 - arguments["age_s"]
            entry = (arguments["role"], arguments["text"], at)
            self._said.setdefault(session, []).append(entry)
            return None
        if operation == "clear":
            return len(self._said.pop(session, []))
        return self._newest(session, arguments)

    def _newest(self, session: str, wanted: Mapping[str, Any]) -> Json:
        found: list[Json] = []
        tokens = 0
        since = self._now_ms() / 1000 - (wanted["window_s"] or float("inf"))
        for role, text, at in reversed(self._said.get(session, [])):
            if at < since or (role == "system" and not wanted["system"]):
                continue
            tokens += len(text) // 4
            if wanted["tokens"] and tokens > wanted["tokens"]:
                break
            if wanted["entries"] and len(found) == wanted["entries"]:
                break
            found.append([role, text])
        return found[::-1]
