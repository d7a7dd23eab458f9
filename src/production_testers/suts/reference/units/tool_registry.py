"""A registry that is a mapping."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.tool_registry import HANDLER, parsed


class ToolRegistry:
    """See `production_testers.units.tool_registry`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, _settings: Mapping[str, Any], bench: Bench) -> None:
        self._bench = bench
        self._tools: dict[str, list[Json]] = {}

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "register":
            parts = [arguments[name] for name in ("action", "name", "description")]
            self._tools[arguments["action"]] = parts
            return None
        if operation == "listed":
            return sorted(self._tools.values(), key=lambda tool: str(tool[0]))
        if operation == "has":
            return arguments["action"] in self._tools
        if operation == "use":
            return await self._use(**arguments)
        if operation == "resolve":
            return self._resolve(arguments["calls"])
        return await self._plan(arguments["actions"])

    async def _use(self, action: str, payload: Json) -> dict[str, Json]:
        if action not in self._tools:
            return {"success": False, "data": None}
        data = await self._bench.work(HANDLER, payload)
        refuses = isinstance(data, dict) and "refuses" in data
        return {"success": not refuses, "data": None if refuses else data}

    def _resolve(self, calls: list[dict[str, Any]]) -> Json:
        resolved: list[Json] = []
        unresolved: list[Json] = []
        for call in calls:
            arguments = parsed(call["arguments"])
            if call["name"] in self._tools and arguments is not None:
                resolved.append([call["id"], call["name"], arguments])
            else:
                unresolved.append([call["id"], call["name"]])
        return {"resolved": resolved, "unresolved": unresolved}

    async def _plan(self, actions: list[str]) -> Json:
        good: list[Any] = []
        for action in actions:
            try:
                answer = await self._use(action, {})
            except Exception:  # noqa: BLE001, S112 - what fails is counted
                continue
            if answer["success"]:
                good.append(answer["data"])
        failed = len(actions) - len(good)
        artifacts = [one for data in good for one in data.get("artifacts", ())]
        return {
            "executed": len(good), "failed": failed, "artifacts": artifacts, "again": failed > 0,
        }  # fmt: skip
