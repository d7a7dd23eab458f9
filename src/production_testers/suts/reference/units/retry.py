"""A retry that is a loop."""

import asyncio
from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class Retry:
    """See `production_testers.units.retry`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._settings = settings
        self._bench = bench
        self._random = Random(bench.identifier("jitter"))

    async def perform(self, _operation: str, _arguments: Mapping[str, Json]) -> Json:
        """Do one operation."""
        attempts = self._settings["attempts"]
        for attempt in range(1, attempts + 1):
            try:
                return await self._bench.work("attempt")
            except (TimeoutError, ConnectionError):
                if attempt == attempts:
                    raise
                await asyncio.sleep(self._jittered_ms(attempt) / 1000)
        raise AssertionError("there is at least one attempt")

    def _pause_ms(self, attempt: int) -> float:
        growth, base = self._settings["growth"], self._settings["base_ms"]
        grown: float = base * {"constant": 1, "linear": attempt}.get(growth, 2 ** (attempt - 1))
        return min(grown, float(self._settings["limit_ms"]))

    def _jittered_ms(self, attempt: int) -> float:
        pause, base = self._pause_ms(attempt), self._settings["base_ms"]
        lowest = {"full": 0.0, "equal": pause / 2, "decorrelated": base}
        jitter = self._settings["jitter"]
        longest = self._settings["limit_ms"] if jitter == "decorrelated" else pause
        return self._random.uniform(lowest.get(jitter, pause), longest)
