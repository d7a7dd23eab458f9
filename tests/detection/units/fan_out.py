"""Wrong ways to hand events on."""

import asyncio

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.fan_out import FanOut


class OneAfterTheOther(FanOut):
    """Places come one after the other, and the first that fails is the last."""

    async def perform(self, operation, arguments):
        for number in range(self._places):
            await self._bench.work(f"{operation} {number}", arguments.get("event"))


class AllOrNone(FanOut):
    """When one place fails, the others are cancelled."""

    async def perform(self, operation, arguments):
        labels = [f"{operation} {number}" for number in range(self._places)]
        async with asyncio.TaskGroup() as group:
            for label in labels:
                group.create_task(self._bench.work(label, arguments.get("event")))


class TriesAgain(FanOut):
    """When a place fails, all are tried once more."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except OSError:
            return await super().perform(operation, arguments)


class KeepsTheLast(FanOut):
    """The event that is being written stands in the exporter."""

    async def perform(self, operation, arguments):
        self._now = arguments.get("event")
        await asyncio.sleep(0)
        return await super().perform(operation, {"event": self._now})


class RefusesAtOnce(FanOut):
    """While something is being written nothing else may be."""

    busy = False

    async def perform(self, operation, arguments):
        if self.busy and operation == "flush":
            await super().perform(operation, arguments)
            raise RuntimeError("busy")
        self.busy = True
        try:
            return await super().perform(operation, arguments)
        finally:
            self.busy = False


class DoesNotWait(FanOut):
    """Writing is begun, and somebody else waits for it."""

    async def perform(self, operation, arguments):
        self._writing = asyncio.ensure_future(super().perform(operation, arguments))
        await asyncio.sleep(0)


LAW = "exporting/fan-out"

PLANTED = (
    PlantedUnit("fan_out", LAW, "place-missed", OneAfterTheOther),
    PlantedUnit("fan_out", LAW, "place-stopped", AllOrNone),
    PlantedUnit("fan_out", LAW, "place-twice", TriesAgain),
    PlantedUnit("fan_out", LAW, "other-event", KeepsTheLast),
    PlantedUnit("fan_out", LAW, "returns-early", DoesNotWait),
    PlantedUnit("fan_out", LAW, "fails-for-nothing", RefusesAtOnce),
)
