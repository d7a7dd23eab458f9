"""A loop of turns."""

import json
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.agent_loop import MODEL, TOOL, TOOLS


class EndlessError(Exception):
    """The model did not answer within its turns."""


class AgentLoop:
    """See `production_testers.units.agent_loop`."""

    errors: Mapping[type[BaseException], str] = {EndlessError: "endless"}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._turns = settings["turns"]
        self._bench = bench

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        messages = [*arguments.get("earlier", ()), *self._first(arguments["input"])]
        tools: list[Json] = []
        for turn in range(1, self._turns + 1):
            said = json.loads(str(await self._bench.work(MODEL, list(messages))))
            if not said.get("tool_calls"):
                return {"answer": said["final_answer"], "turns": turn, "tools": tools}
            for call in said["tool_calls"]:
                success = await self._use(call)
                tools.append([call["name"], success])
                messages += self._told(call, success)
        raise EndlessError(f"after {self._turns} turns")

    def _first(self, text: str) -> list[Json]:
        return [text]

    def _told(self, call: dict[str, Any], success: bool) -> list[Json]:  # noqa: FBT001 - a fact
        return [f"result of {call['name']}: {success}"]

    async def _use(self, call: dict[str, Any]) -> bool:
        if call["name"] not in TOOLS:
            return False
        try:
            given = await self._bench.work(TOOL, call["arguments"])
        except Exception:  # noqa: BLE001 - the model is told that it failed
            return False
        return not (isinstance(given, dict) and "refuses" in given)
