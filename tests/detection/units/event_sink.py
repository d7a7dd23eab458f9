"""Wrong sinks."""

import asyncio
from contextlib import suppress

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.event_sink import EventSink


class StopsAtOnce(EventSink):
    """What waits is thrown away."""

    async def _empty(self):
        while len(self._waiting) > 1:
            self._waiting.pop()
        await super()._empty()


class CutsOff(EventSink):
    """An event that is just being handed on is no longer counted as waiting."""

    async def _empty(self):
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._waiting) <= 1)
        await self._end()


class TriesAgain(EventSink):
    """A failed delivery is repeated, even where it had got through."""

    async def _work(self):
        while self._waiting:
            event = self._waiting[0]
            try:
                await self._bench.work("deliver", event)
            except (RuntimeError, ConnectionError):
                with suppress(Exception):
                    await self._bench.work("deliver", event)
            self._waiting.popleft()
            async with self._changed:
                self._changed.notify_all()
        self._worker = None


class KeepsTheRefused(EventSink):
    """What was refused is put where the oldest event was."""

    async def _offer(self, event):
        taken = await super()._offer(event)
        if not taken and len(self._waiting) > 1:
            self._waiting.append(event)
        return taken


class NewestFirst(EventSink):
    """A stack."""

    def _take(self, event):
        taken = super()._take(event)
        if len(self._waiting) > 2:
            self._waiting.insert(1, self._waiting.pop())
        return taken


class FailsWithItsReceiver(EventSink):
    """Where nothing waits, an offer is handed on by its own caller."""

    async def perform(self, operation, arguments):
        if operation == "emit" and self._worker is not None:
            await asyncio.wait([self._worker])
            await self._bench.work("deliver", arguments["event"])
            self._accepted += 1
            return True
        return await super().perform(operation, arguments)


class StopFails(EventSink):
    """The last event is handed on by the stop itself."""

    async def perform(self, operation, arguments):
        if operation == "stop" and len(self._waiting) > 1:
            last = self._waiting.pop()
            await super().perform(operation, arguments)
            return await self._bench.work("deliver", last)
        return await super().perform(operation, arguments)


class OfferWaits(EventSink):
    """A full sink makes the caller wait a moment before it says so."""

    async def _offer(self, event):
        if len(self._waiting) >= self._capacity:
            await asyncio.sleep(0.005)
        return await super()._offer(event)


class RefusesEarly(EventSink):
    """The last place is never used."""

    async def _offer(self, event):
        if 1 < self._capacity == len(self._waiting) + 1:
            self._dropped += 1
            self._bench.emit("dropped", event=event)
            return False
        return await super()._offer(event)


class TakesTooMuch(EventSink):
    """The capacity is looked at with four in hand."""

    async def _offer(self, event):
        if len(self._waiting) < self._capacity + 4:
            return self._take(event)
        return await super()._offer(event)


class TellsNobody(EventSink):
    """Only the first loss is told."""

    async def _offer(self, event):
        if self._dropped and len(self._waiting) >= self._capacity:
            self._dropped += 1
            return False
        return await super()._offer(event)


class CountsRefusedAsTaken(EventSink):
    """The counter stands before the decision."""

    async def _offer(self, event):
        taken = await super()._offer(event)
        self._accepted += not taken
        return taken


class StopsTwice(EventSink):
    """The time to stop is given to each half of it."""

    async def perform(self, operation, arguments):
        if operation == "stop":
            self._drain_s *= 2
        return await super().perform(operation, arguments)


PLANTED = (
    PlantedUnit("event_sink", "sinks/delivery", "lost", StopsAtOnce),
    PlantedUnit("event_sink", "sinks/delivery", "cut-off", CutsOff),
    PlantedUnit("event_sink", "sinks/delivery", "delivered-twice", TriesAgain),
    PlantedUnit("event_sink", "sinks/delivery", "refused-and-delivered", KeepsTheRefused),
    PlantedUnit("event_sink", "sinks/delivery", "out-of-order", NewestFirst),
    PlantedUnit("event_sink", "sinks/pressure", "caller-hurt", FailsWithItsReceiver),
    PlantedUnit("event_sink", "sinks/pressure", "stop-fails", StopFails),
    PlantedUnit("event_sink", "sinks/pressure", "offer-waits", OfferWaits),
    PlantedUnit("event_sink", "sinks/pressure", "refused-with-room", RefusesEarly),
    PlantedUnit("event_sink", "sinks/pressure", "over-capacity", TakesTooMuch),
    PlantedUnit("event_sink", "sinks/pressure", "drop-not-told", TellsNobody),
    PlantedUnit("event_sink", "sinks/pressure", "counts-wrong", CountsRefusedAsTaken),
    PlantedUnit("event_sink", "sinks/pressure", "stop-takes-too-long", StopsTwice),
)
