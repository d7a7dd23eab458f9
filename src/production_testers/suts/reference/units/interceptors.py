"""Interceptors as a loop in, the work, and a loop out."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.interceptors import ANSWER


class Interceptors:
    """See `production_testers.units.interceptors`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self.chain: Sequence[Mapping[str, Any]] = sorted(
            settings["chain"], key=lambda one: one["rank"]
        )
        self.bench = bench

    async def perform(self, _operation: str, _arguments: Mapping[str, Json]) -> Json:
        """Do one operation."""
        entered: list[Mapping[str, Any]] = []
        answered = False
        for one in self.chain:
            entered.append(one)
            if await self.hook("before", one) and one["answers"]:
                answered = True
                break
        try:
            return ANSWER if answered else await self.work()
        finally:
            for one in reversed(entered):
                await self.hook("after", one)

    async def hook(self, moment: str, one: Mapping[str, Any]) -> bool:
        """An interceptor's own code; its errors stay with it. Whether it went well."""
        with contextlib.suppress(Exception):
            await self.bench.work(f"{moment} {one['name']}")
            return True
        return False

    async def work(self) -> Json:
        """The caller's own code, once more where an interceptor wants that."""
        try:
            return await self.bench.work("work")
        except Exception:
            if not await self.told():
                raise
        try:
            return await self.bench.work("work")
        except Exception:
            await self.told()
            raise

    async def told(self) -> bool:
        """Tell the interceptors of an error, the innermost first; whether one wants a retry."""
        for one in reversed(self.chain):
            if await self.hook("error", one) and one["retries"]:
                return True
        return False
