"""Samples of nothing, told in the right places."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class MemorySamples:
    """See `production_testers.units.memory_samples`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, _settings: Mapping[str, Any], bench: Bench) -> None:
        self._bench = bench

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "stop":
            return None
        self._tell(arguments["of"], "start")
        try:
            if operation == "around_now":
                return self._bench.work_now("code")
            return await self._bench.work("code")
        finally:
            self._tell(arguments["of"], "end")

    def _tell(self, of: str, at: str) -> None:
        now = most = 0
        self._bench.emit("sample", of=of, at=at, fits=now <= most)
