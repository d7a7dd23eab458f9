"""Tools in one class: a gate, an approval that is a future, events, and a mapping for undo."""

import asyncio
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.tools import HANDLER, UNDO, allows, fits, tool_for


class UnknownToolError(Exception):
    """No tool answers the action."""


class DeniedError(Exception):
    """The mode does not allow the tool."""


class RefusedError(Exception):
    """A person refused the action."""


class UnansweredError(Exception):
    """Nobody decided in time."""


class InvalidError(Exception):
    """The payload does not fit the tool's schema."""


class FailedError(Exception):
    """The tool's code raised."""


class UndoFailedError(Exception):
    """The code that reverses the action raised."""


class Tools:
    """See `production_testers.units.tools`."""

    errors: Mapping[type[BaseException], str] = {
        UnknownToolError: "unknown",
        DeniedError: "denied",
        RefusedError: "refused",
        UnansweredError: "unanswered",
        InvalidError: "invalid",
        FailedError: "failed",
        UndoFailedError: "undo_failed",
    }

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._settings = settings
        self._bench = bench
        self._waiting: dict[str, asyncio.Future[bool]] = {}
        self._kept: list[str] = []

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "execute":
            return await self._execute(**arguments)
        if operation == "decide":
            return self._decide(**arguments)
        if operation == "undo":
            return await self._undo(arguments["ref"])
        return sorted(self._kept)

    async def _execute(
        self,
        ref: str,
        action: str,
        mode: str,
        payload: dict[str, Json],
    ) -> Json:
        tool = tool_for(self._settings, action)
        if tool is None:
            raise UnknownToolError(action)
        self._tell("invoked", ref)
        await self._pass_gates(tool, ref, mode, payload)
        self._tell("started", ref)
        try:
            given: Any = await self._bench.work(HANDLER, {"payload": payload})
        except BaseException as error:
            self._tell("failed", ref)
            if isinstance(error, Exception):
                raise FailedError(str(error)) from error
            raise
        self._tell("completed", ref)
        if "refuses" in given:
            return {"success": False, "data": None, "error": given["refuses"]}
        if tool["undoable"]:
            self._keep(ref)
        return {"success": True, "data": given, "error": None}

    async def _pass_gates(
        self, tool: Mapping[str, Any], key: str, mode: str, payload: dict[str, Json]
    ) -> None:
        if not allows(tool, mode):
            self._tell("denied", key)
            raise DeniedError(mode)
        if not fits(tool["schema"], payload):
            self._tell("denied", key)
            raise InvalidError(str(payload))
        if tool["approval"]:
            await self._approval(key)

    async def _approval(self, key: str) -> None:
        self._tell("approval_requested", key)
        decision = self._waiting[key] = asyncio.get_running_loop().create_future()
        try:
            granted = await asyncio.wait_for(decision, self._settings["approval_ms"] / 1000)
        except BaseException as error:
            self._tell("denied", key)
            if isinstance(error, TimeoutError):
                raise UnansweredError(key) from None
            raise
        finally:
            self._waiting.pop(key, None)
        self._tell("approval_decided", key, granted=granted)
        if not granted:
            raise RefusedError(key)

    def _decide(self, ref: str, granted: bool) -> bool:  # noqa: FBT001 - as the operation has it
        decision = self._waiting.pop(ref, None)
        if decision is None or decision.done():
            return False
        decision.set_result(granted)
        return True

    def _keep(self, key: str) -> None:
        self._kept.append(key)

    async def _undo(self, call: str) -> bool:
        if call not in self._kept:
            return False
        self._kept.remove(call)
        try:
            await self._bench.work(UNDO, call)
        except BaseException as error:
            self._kept.append(call)
            self._tell("undo_failed", call)
            if isinstance(error, Exception):
                raise UndoFailedError(str(error)) from error
            raise
        self._tell("undone", call)
        return True

    def _tell(self, name: str, action: str, **more: Json) -> None:
        self._bench.emit(name, action=action, **more)
