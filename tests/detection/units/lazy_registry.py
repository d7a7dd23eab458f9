"""Wrong registries."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.lazy_registry import LazyRegistry


class ListsTheLoaded(LazyRegistry):
    """What was registered by hand is not listed."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        if operation == "names":
            return [name for name in answer if not name.startswith("own")]
        return answer


class LoadsWhatIsMissing(LazyRegistry):
    """A name that is not there may have come in the meantime, so all is loaded again."""

    async def perform(self, operation, arguments):
        if self._loaded and arguments.get("name", "chat") not in self._known:
            self._loaded = False
        return await super().perform(operation, arguments)


class LoadsAtOnce(LazyRegistry):
    """It is loaded when the first thing is registered."""

    async def perform(self, operation, arguments):
        self._load()
        return await super().perform(operation, arguments)


LAW = "lazy/registry"

PLANTED = (
    PlantedUnit("lazy_registry", LAW, "answer-wrong", ListsTheLoaded),
    PlantedUnit("lazy_registry", LAW, "loaded-again", LoadsWhatIsMissing),
    PlantedUnit("lazy_registry", LAW, "loaded-early", LoadsAtOnce),
)
