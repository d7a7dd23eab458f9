"""Wrong chains of interceptors."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.interceptors import Interceptors
from production_testers.units.interceptors import ANSWER


class AsRegistered(Interceptors):
    """Priorities are not looked at."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self.chain = settings["chain"]


class GoesOn(Interceptors):
    """An answer is given, and the work is done as well."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        if answer == ANSWER:
            await self.bench.work("work")
        return answer


class GivesUpAtTheFirstError(Interceptors):
    """Interceptors behind one that fails are not called."""

    async def perform(self, operation, arguments):
        self.failed = False
        return await super().perform(operation, arguments)

    async def hook(self, moment, one):
        if moment == "before" and self.failed:
            return False
        well = await super().hook(moment, one)
        self.failed = self.failed or (moment == "before" and not well)
        return well


class GivesNothing(Interceptors):
    """What an interceptor answers is lost."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        return {} if answer == ANSWER else answer


class LeavesOnlyAfterSuccess(Interceptors):
    """After a failure nobody is called."""

    async def perform(self, operation, arguments):
        self.failed = False
        return await super().perform(operation, arguments)

    async def work(self):
        try:
            return await super().work()
        except Exception:
            self.failed = True
            raise

    async def hook(self, moment, one):
        return not (moment == "after" and self.failed) and await super().hook(moment, one)


class LeavesEverybody(Interceptors):
    """After an answer those further inside are called, too."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        if answer == ANSWER:
            inner = False
            for one in self.chain:
                if inner:
                    await self.hook("after", one)
                inner = inner or one["answers"]
        return answer


class DiesOfALogLine(Interceptors):
    """An error before the work is not kept from the call."""

    async def hook(self, moment, one):
        if moment == "before":
            await self.bench.work(f"before {one['name']}")
            return True
        return await super().hook(moment, one)


class TellsOnlyOnce(Interceptors):
    """A time-out is dealt with elsewhere, and the interceptors are forgotten."""

    async def work(self):
        try:
            return await self.bench.work("work")
        except TimeoutError:
            raise
        except Exception:
            if not await self.told():
                raise
        return await self.bench.work("work")


class NeverRetries(Interceptors):
    """Interceptors are told of errors, and nobody listens to them."""

    async def told(self):
        await super().told()
        return False


UNIT, LAW = "interceptors", "interception/chain"
PLANTED = (
    PlantedUnit(UNIT, LAW, "wrong-order", AsRegistered),
    PlantedUnit(UNIT, LAW, "goes-on", GoesOn),
    PlantedUnit(UNIT, LAW, "result-changed", GivesNothing),
    PlantedUnit(UNIT, LAW, "before-missing", GivesUpAtTheFirstError),
    PlantedUnit(UNIT, LAW, "after-missing", LeavesOnlyAfterSuccess),
    PlantedUnit(UNIT, LAW, "after-unpaired", LeavesEverybody),
    PlantedUnit(UNIT, LAW, "hook-breaks-call", DiesOfALogLine),
    PlantedUnit(UNIT, LAW, "error-untold", TellsOnlyOnce),
    PlantedUnit(UNIT, LAW, "retry-ignored", NeverRetries),
)
