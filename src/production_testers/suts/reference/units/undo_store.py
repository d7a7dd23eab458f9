"""A mapping with the end of each entry."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class UndoStore:
    """See `production_testers.units.undo_store`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._ttl_ms = settings["ttl_ms"]
        self._bench = bench
        self._entries: dict[str, tuple[Json, float]] = {}

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        now = self._bench.now_ms()
        ref = arguments.get("ref", "")
        if operation == "keep":
            self._keep(ref, arguments["data"], now + arguments.get("ttl_ms", self._ttl_ms))
            return None
        self._forget_over(now)
        if operation == "get":
            return self._entries[ref][0] if ref in self._entries else None
        if operation == "drop":
            return self._entries.pop(ref, None) is not None
        return sorted(self._entries) if operation == "all" else None

    def _keep(self, ref: str, data: Json, end: float) -> None:
        self._entries[ref] = data, end

    def _forget_over(self, now: float) -> None:
        self._entries = {ref: kept for ref, kept in self._entries.items() if kept[1] > now}
