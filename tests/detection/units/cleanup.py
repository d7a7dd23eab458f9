"""Wrong clean-ups."""

import asyncio

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.cleanup import Cleanup


class EmptiesInTheEnd(Cleanup):
    """What is called stays registered until everything has been called."""

    async def clean(self, limit_ms):
        kept = list(self.stack)
        answer = await super().clean(limit_ms)
        self.stack = [name for name in kept if name in answer["failed"]]
        return answer


class ForgetsNothing(Cleanup):
    """A registration that is taken back stays."""

    async def perform(self, operation, arguments):
        if operation == "forget":
            return arguments["name"] in self.stack
        return await super().perform(operation, arguments)


class ClearsTooMuch(Cleanup):
    """What was registered meanwhile is thrown away."""

    async def clean(self, limit_ms):
        later, self.stack[:] = self.stack[:1], self.stack[1:]
        try:
            return await super().clean(limit_ms)
        finally:
            self.stack = later if len(later) > 1 else []


class FirstFirst(Cleanup):
    """The stack is a queue."""

    async def clean(self, limit_ms):
        self.stack.reverse()
        return await super().clean(limit_ms)


class EverythingIsWell(Cleanup):
    """Failures are told as successes."""

    async def clean(self, limit_ms):
        answer = await super().clean(limit_ms)
        return {"well": answer["well"] + answer["failed"], "failed": []}


class TakesItsTime(Cleanup):
    """Each one may take as long as all of them together."""

    async def clean(self, limit_ms):
        answer = {"well": [], "failed": []}
        while self.stack:
            name = self.stack.pop()
            try:
                await asyncio.wait_for(self.bench.work(f"cleanup {name}"), limit_ms / 1000)
            except (RuntimeError, ValueError, TimeoutError):
                answer["failed"].append(name)
            else:
                answer["well"].append(name)
        return answer


UNIT, LAW = "cleanup", "cancellation/cleanup"
PLANTED = (
    PlantedUnit(UNIT, LAW, "called-twice", EmptiesInTheEnd),
    PlantedUnit(UNIT, LAW, "called-in-spite", ForgetsNothing),
    PlantedUnit(UNIT, LAW, "never-called", ClearsTooMuch),
    PlantedUnit(UNIT, LAW, "wrong-order", FirstFirst),
    PlantedUnit(UNIT, LAW, "wrong-report", EverythingIsWell),
    PlantedUnit(UNIT, LAW, "takes-too-long", TakesItsTime),
)
