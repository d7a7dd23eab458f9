"""A queue that is a deque and a condition."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class ChunkQueue:
    """See `production_testers.units.chunk_queue`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._capacity: int = settings["capacity"]
        self._drops: bool = settings["drops"]
        self._bench = bench
        self._chunks: deque[str] = deque()
        self._closed = False
        self._changed = asyncio.Condition()

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        async with self._changed:
            answer: Json = None
            if operation == "put":
                answer = await self._put(arguments["chunk"])
            elif operation == "get":
                answer = await self._get()
            else:
                self._closed = True
            self._changed.notify_all()
            return answer

    async def _put(self, chunk: str) -> bool:
        if not self._drops:
            await self._changed.wait_for(self._has_room)
        if self._closed:
            return False
        if len(self._chunks) == self._capacity:
            self._chunks.popleft()
            self._bench.emit("dropped")
        self._chunks.append(chunk)
        return True

    def _has_room(self) -> bool:
        return self._closed or len(self._chunks) < self._capacity

    async def _get(self) -> str | None:
        await self._changed.wait_for(lambda: self._closed or self._chunks)
        return self._chunks.popleft() if self._chunks else None
