"""A budget that is three numbers."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class TokenBudget:
    """See `production_testers.units.token_budget`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._bench = bench
        self._most = settings["most"] - settings["reserved"]
        self._used = 0
        self._cuts: list[int] = []

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "cut":
            self._cuts.append(arguments["before"] - arguments["after"])
            self._bench.emit("cut", before=arguments["before"], after=arguments["after"])
            return None
        if operation == "cuts":
            return {"count": len(self._cuts), "saved": sum(self._cuts)}
        if operation == "used":
            return {"used": self._used, "free": self._most - self._used}
        fits: bool = self._used + arguments["tokens"] <= self._most
        if operation == "add" and fits:
            self._used += arguments["tokens"]
        return fits
