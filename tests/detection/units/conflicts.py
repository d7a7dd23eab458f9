"""Wrong ways to resolve conflicts."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.conflicts import Conflicts


class NothingIsNoConflict(Conflicts):
    """An empty old value says nothing."""

    async def perform(self, operation, arguments):
        if not arguments["old"]:
            return {"conflict": False, "value": arguments["new"], "changed": False}
        return await super().perform(operation, arguments)


class NothingDiffers(Conflicts):
    """A value that was not there differs from one that is."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        return {**answer, "conflict": arguments["old"] != arguments["new"]}


class OneWayForAll(Conflicts):
    """Ways of single fields are not looked at."""

    def __init__(self, settings, bench):
        super().__init__({**settings, "fields": {}}, bench)


class MergesTheTop(Conflicts):
    """Of maps inside maps the new one wins."""

    def _merged(self, old, new):
        return (
            {**old, **new}
            if isinstance(old, dict) and isinstance(new, dict)
            else super()._merged(old, new)
        )


class MergesInPlace(Conflicts):
    """Lists are put together in the old list."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        lists = isinstance(arguments["old"], list) and isinstance(arguments["new"], list)
        return {**answer, "changed": lists and answer["conflict"]}


class TheFirstWins(Conflicts):
    """What a field was the first time, it stays."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self._known = {}

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        if answer["conflict"] and arguments["field"] in self._known:
            return {**answer, "value": self._known[arguments["field"]]}
        self._known[arguments["field"]] = None
        return answer


LAW = "conflicts/resolved"

PLANTED = (
    PlantedUnit("conflicts", LAW, "conflict-missed", NothingIsNoConflict),
    PlantedUnit("conflicts", LAW, "conflict-invented", NothingDiffers),
    PlantedUnit("conflicts", LAW, "other-way", OneWayForAll),
    PlantedUnit("conflicts", LAW, "merge-loses", MergesTheTop, within=300),
    PlantedUnit("conflicts", LAW, "values-changed", MergesInPlace),
    PlantedUnit("conflicts", LAW, "answers-differ", TheFirstWins),
)
