"""An exporter whose writes are one task, which nobody's cancellation reaches."""

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class BatchExporter:
    """See `production_testers.units.batch_exporter`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._settings = settings
        self._bench = bench
        self._waiting: deque[str] = deque()
        self._dropped = 0
        self._writer: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "counts":
            return {"dropped": self._dropped}
        if operation == "add":
            self._add(arguments["event"])
        else:
            self._write()
            if self._writer is not None:
                await asyncio.wait([self._writer])
        return None

    def _add(self, event: str) -> None:
        if len(self._waiting) >= self._settings["capacity"]:
            self._waiting.popleft()
            self._dropped += 1
            self._bench.emit("dropped")
        self._waiting.append(event)
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._settings["interval_ms"] / 1000, self._write)
        if len(self._waiting) >= self._settings["batch"]:
            self._write()

    def _write(self) -> None:
        """Have everything written that waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting and self._writer is None:
            self._writer = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while self._waiting:
            batch = list(self._waiting)
            self._waiting.clear()
            with suppress(Exception):
                await self._bench.work("write", [*batch])
        self._writer = None
