"""Approvals as futures and a status each."""

import asyncio
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class UnansweredError(Exception):
    """Nobody decided in time."""


class UnknownError(Exception):
    """Nobody asked for that."""


class Approval:
    """See `production_testers.units.approval`."""

    errors: Mapping[type[BaseException], str] = {
        UnansweredError: "unanswered",
        UnknownError: "unknown",
    }

    def __init__(self, _settings: Mapping[str, Any], _bench: Bench) -> None:
        self._status: dict[str, str] = {}
        self._ended: dict[str, asyncio.Event] = {}

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        ref = arguments.get("ref", "")
        if operation == "ask":
            self._status[ref], self._ended[ref] = "pending", asyncio.Event()
            return None
        if operation == "pending":
            return sorted(ref for ref, status in self._status.items() if status == "pending")
        if operation == "status":
            return self._status.get(ref)
        if operation == "cancel":
            return self._end(ref, "cancelled")
        if ref not in self._status:
            raise UnknownError(ref)
        if operation == "decide":
            return self._end(ref, "granted" if arguments["granted"] else "refused")
        return await self._wait(ref, arguments["limit_ms"])

    def _end(self, ref: str, how: str) -> bool:
        if self._status.get(ref) != "pending":
            return False
        self._status[ref] = how
        self._ended[ref].set()
        return True

    async def _wait(self, ref: str, limit_ms: float) -> bool:
        try:
            await asyncio.wait_for(self._ended[ref].wait(), limit_ms / 1000)
        except TimeoutError:
            self._end(ref, "expired")
            raise UnansweredError(ref) from None
        if self._status[ref] == "expired":
            raise UnansweredError(ref)
        return self._status[ref] == "granted"
