"""Places that are all waited for; then the first error is raised."""

import asyncio
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class FanOut:
    """See `production_testers.units.fan_out`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._places = settings["places"]
        self._bench = bench

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        labels = [f"{operation} {number}" for number in range(self._places)]
        found = await asyncio.gather(
            *(self._bench.work(label, arguments.get("event")) for label in labels),
            return_exceptions=True,
        )
        for one in found:
            if isinstance(one, BaseException):
                raise one
        return None
