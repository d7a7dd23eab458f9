"""A clean-up that takes one registration after the other from a stack."""

import asyncio
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class Cleanup:
    """See `production_testers.units.cleanup`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, _settings: Mapping[str, Any], bench: Bench) -> None:
        self.bench = bench
        self.stack: list[str] = []

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "register":
            self.stack.append(arguments["name"])
            return None
        if operation == "clean":
            return await self.clean(arguments["limit_ms"])
        there = arguments["name"] in self.stack
        if there:
            self.stack.remove(arguments["name"])
        return there

    async def clean(self, limit_ms: float) -> Json:
        """Call what is registered, while there is time."""
        done: dict[str, list[str]] = {"well": [], "failed": []}
        until = self.bench.now_ms() + limit_ms
        share = limit_ms / max(1, len(self.stack))
        while self.stack:
            name = self.stack.pop()
            left = max(0.0, min(share, until - self.bench.now_ms()))
            try:
                await asyncio.wait_for(self.bench.work(f"cleanup {name}"), left / 1000)
            except Exception:  # noqa: BLE001 - whatever it is, the others are called
                done["failed"].append(name)
            else:
                done["well"].append(name)
        return done
