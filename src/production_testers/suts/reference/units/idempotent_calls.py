"""Idempotent calls with a lock and a memory for each key."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json, canonical_json
from production_testers.suts.contract import Bench


class MismatchError(Exception):
    """The key was used with other parameters."""


class IdempotentCalls:
    """See `production_testers.units.idempotent_calls`."""

    errors: Mapping[type[BaseException], str] = {MismatchError: "mismatch"}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._keep_ms = settings["keep_s"] * 1000
        self._bench = bench
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._kept: dict[str, tuple[float, str, Json]] = {}

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        key, parameters = arguments["key"], canonical_json(arguments["parameters"])
        async with self._locks[key]:
            until, had, answer = self._kept.get(key, (0.0, "", None))
            if self._bench.now_ms() < until:
                if had != parameters:
                    raise MismatchError(key)
                return answer
            answer = await self._bench.work("effect")
            self._kept[key] = self._bench.now_ms() + self._keep_ms, parameters, answer
            return answer
