"""An agent whose exceptions are caught."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.suts.reference.units.agent_loop import AgentLoop


class AgentStage:
    """See `production_testers.units.agent_stage`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._agent = AgentLoop(settings, bench)

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        try:
            answer: Any = await self._agent.perform(operation, arguments)
        except Exception as error:  # noqa: BLE001 - it is the answer
            return {"ok": False, "error": str(error)}
        return {"ok": True, **answer}
