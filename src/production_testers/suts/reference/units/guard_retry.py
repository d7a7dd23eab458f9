"""Guards that are all asked about every draft."""

import asyncio
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class NotPassedError(Exception):
    """A guard let no draft pass within its limits."""


class GuardRetry:
    """See `production_testers.units.guard_retry`."""

    errors: Mapping[type[BaseException], str] = {NotPassedError: "not_passed"}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._settings = settings
        self._bench = bench

    async def perform(self, _operation: str, _arguments: Mapping[str, Json]) -> Json:
        """Do one operation."""
        source = await self._bench.work("source")
        refused: dict[str, list[Json]] = {}
        since: dict[str, float] = {}
        while True:
            draft = await self._bench.work("draft", source)
            if await self._passes(draft, refused, since):
                return {"draft": draft, "behind": await self._bench.work("behind", draft)}

    async def _passes(
        self, draft: Json, refused: dict[str, list[Json]], since: dict[str, float]
    ) -> bool:
        """Whether every guard lets it pass; raises when one has refused too much."""
        names = [f"guard {number}" for number in range(self._settings["guards"])]
        async with asyncio.TaskGroup() as group:
            asked = {name: group.create_task(self._ask(name, draft)) for name in names}
        for name, task in asked.items():
            found, now_ms = task.result()
            if found["passes"]:
                refused.pop(name, None)
                since.pop(name, None)
                continue
            fields = self._settings["fields"] or sorted(found)
            refused.setdefault(name, []).append([found[field] for field in fields])
            since.setdefault(name, now_ms)
            if self._enough(refused[name], now_ms - since[name]):
                raise NotPassedError(f"{name} refused {len(refused[name])} drafts")
        return not refused

    async def _ask(self, name: str, draft: Json) -> tuple[Any, float]:
        return await self._bench.work(name, draft), self._bench.now_ms()

    def _enough(self, reasons: list[Json], waited_ms: float) -> bool:
        alike = self._settings["alike"] + 1
        same = len(reasons) >= alike and reasons[-alike:].count(reasons[-1]) == alike
        limit = self._settings["limit_ms"]
        late = limit is not None and waited_ms >= limit
        return bool(len(reasons) >= self._settings["attempts"] or same or late)
