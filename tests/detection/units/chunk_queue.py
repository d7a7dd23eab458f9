"""Wrong queues."""

import asyncio

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.chunk_queue import ChunkQueue


class WakesOne(ChunkQueue):
    """Closing wakes one consumer."""

    async def perform(self, operation, arguments):
        if operation == "close":
            async with self._changed:
                self._closed = True
                self._changed.notify(1)
            return None
        return await super().perform(operation, arguments)

    async def _get(self):
        chunk = await super()._get()
        if chunk is None:
            await self._changed.wait_for(lambda: False) if self._others() else None
        return chunk

    def _others(self):
        return len(self._changed._waiters) > 0


class EndsAtOnce(ChunkQueue):
    """Closed is closed: what is left is thrown away."""

    async def _get(self):
        await self._changed.wait_for(lambda: self._closed or self._chunks)
        return None if self._closed else self._chunks.popleft()


class LooksOnly(ChunkQueue):
    """Every third chunk is looked at and left in its place."""

    count = 0

    async def _get(self):
        chunk = await super()._get()
        self.count += 1
        if chunk is not None and self.count % 3 == 0:
            self._chunks.appendleft(chunk)
        return chunk


class Stack(ChunkQueue):
    """The newest chunk comes out first."""

    async def _get(self):
        await self._changed.wait_for(lambda: self._closed or self._chunks)
        return self._chunks.pop() if self._chunks else None


class RefusesInsteadOfWaiting(ChunkQueue):
    """A producer does not wait: he is sent away."""

    async def _put(self, chunk):
        if not self._drops and len(self._chunks) >= self._capacity:
            return False
        return await super()._put(chunk)


class TakesAfterClose(ChunkQueue):
    """Whether it is closed is looked at before waiting only."""

    async def _put(self, chunk):
        if self._closed:
            self._chunks.append(chunk)
            return True
        return await super()._put(chunk)


class PutWaits(ChunkQueue):
    """A full queue gives its consumers a moment before it drops."""

    async def _put(self, chunk):
        if self._drops and len(self._chunks) >= self._capacity:
            await asyncio.sleep(0.005)
        return await super()._put(chunk)


class OneMoreFits(ChunkQueue):
    """The capacity is compared with a greater sign."""

    def __init__(self, settings, bench):
        super().__init__({**settings, "capacity": settings["capacity"] + 1}, bench)


class DropsEarly(ChunkQueue):
    """The last place is never used."""

    async def _put(self, chunk):
        if self._drops and 1 < self._capacity == len(self._chunks) + 1:
            self._chunks.popleft()
            self._bench.emit("dropped")
        return await super()._put(chunk)


_LAW = "streaming/queue"

PLANTED = (
    PlantedUnit("chunk_queue", _LAW, "waits-after-close", WakesOne),
    PlantedUnit("chunk_queue", _LAW, "lost", EndsAtOnce),
    PlantedUnit("chunk_queue", _LAW, "given-twice", LooksOnly),
    PlantedUnit("chunk_queue", _LAW, "out-of-order", Stack),
    PlantedUnit("chunk_queue", _LAW, "refused-open", RefusesInsteadOfWaiting),
    PlantedUnit("chunk_queue", _LAW, "taken-closed", TakesAfterClose),
    PlantedUnit("chunk_queue", _LAW, "put-waits", PutWaits),
    PlantedUnit("chunk_queue", _LAW, "over-capacity", OneMoreFits),
    PlantedUnit("chunk_queue", _LAW, "dropped-with-room", DropsEarly),
)
