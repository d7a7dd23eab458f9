"""Wrong measurements."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.memory_samples import MemorySamples


class WarmsUp(MemorySamples):
    """Coroutines are executed once before, so that caches are warm."""

    async def perform(self, operation, arguments):
        if operation == "around":
            await self._bench.work("code")
        return await super().perform(operation, arguments)


class GivesNothingBack(MemorySamples):
    """A failure of what is measured is no affair of the measurement."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except ValueError:
            return None


class NoEndAfterErrors(MemorySamples):
    """The second sample is taken when the code has ended well."""

    async def perform(self, operation, arguments):
        if operation == "stop":
            return None
        self._bench.emit("sample", of=arguments["of"], at="start")
        work = self._bench.work_now("code") if operation == "around_now" else None
        answer = work or await self._bench.work("code")
        self._bench.emit("sample", of=arguments["of"], at="end")
        return answer


class MixesUpItsFigures(MemorySamples):
    """What is in use stands where the most belongs."""

    def _tell(self, of, at):
        now, most = 1, 2
        self._bench.emit("sample", of=of, at=at, fits=most <= now)


LAW = "samples/around"

PLANTED = (
    PlantedUnit("memory_samples", LAW, "not-once", WarmsUp),
    PlantedUnit("memory_samples", LAW, "answer-changed", GivesNothingBack),
    PlantedUnit("memory_samples", LAW, "samples-wrong", NoEndAfterErrors),
    PlantedUnit("memory_samples", LAW, "more-than-most", MixesUpItsFigures),
)
