"""A sink that is a list, a task and a bell."""

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class EventSink:
    """See `production_testers.units.event_sink`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._capacity: int = settings["capacity"]
        self._drain_s = settings["drain_ms"] / 1000
        self._bench = bench
        self._waiting: deque[str] = deque()
        self._changed = asyncio.Condition()
        self._worker: asyncio.Task[None] | None = None
        self._accepted = self._dropped = 0

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "offer":
            return await self._offer(arguments["event"])
        if operation == "emit":
            async with self._changed:
                await self._changed.wait_for(lambda: len(self._waiting) < self._capacity)
                return self._take(arguments["event"])
        if operation == "counts":
            return {"accepted": self._accepted, "dropped": self._dropped}
        try:
            await asyncio.wait_for(self._empty(), self._drain_s)
        except TimeoutError:
            await self._end()
        return None

    async def _offer(self, event: str) -> bool:
        if len(self._waiting) < self._capacity:
            return self._take(event)
        self._dropped += 1
        self._bench.emit("dropped", event=event)
        return False

    def _take(self, event: str) -> bool:
        self._waiting.append(event)
        self._accepted += 1
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return True

    async def _work(self) -> None:
        """Ends when nothing is left; what comes later starts another one."""
        while self._waiting:
            with suppress(Exception):
                await self._bench.work("deliver", self._waiting[0])
            self._waiting.popleft()
            async with self._changed:
                self._changed.notify_all()
        self._worker = None

    async def _empty(self) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: not self._waiting)

    async def _end(self) -> None:
        """Out of time: nothing that is left is handed on."""
        worker, self._worker = self._worker, None
        self._waiting.clear()
        if worker is not None:
            worker.cancel()
        async with self._changed:
            self._changed.notify_all()
