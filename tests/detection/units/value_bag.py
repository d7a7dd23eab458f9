"""Wrong value bags."""

import asyncio

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.value_bag import ValueBag


class LastWins(ValueBag):
    """A key that is taken is written again."""

    async def perform(self, operation, arguments):
        if operation == "write":
            self.kept.pop(arguments["key"], None)
        return await super().perform(operation, arguments)


class NothingIsFree(ValueBag):
    """A key whose value is nothing counts as free."""

    async def perform(self, operation, arguments):
        if operation == "write" and self.kept.get(arguments["key"], ("", 1))[1] is None:
            del self.kept[arguments["key"]]
        return await super().perform(operation, arguments)


class LooksThenWaits(ValueBag):
    """Somebody else may write between the look and the writing."""

    async def perform(self, operation, arguments):
        if operation == "write" and arguments["key"] not in self.kept:
            await asyncio.sleep(0.001)
            self.kept.pop(arguments["key"], None)
        return await super().perform(operation, arguments)


LAW = "bags/values"
PLANTED = (
    PlantedUnit("value_bag", LAW, "wrong-answer", LastWins),
    PlantedUnit("value_bag", LAW, "wrong-answer", NothingIsFree),
    PlantedUnit("value_bag", LAW, "wrong-answer", LooksThenWaits),
)
