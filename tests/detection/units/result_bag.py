"""Wrong result bags."""

import asyncio

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.result_bag import ResultBag


class TakesEverything(ResultBag):
    """A second result replaces the first without a word."""

    def write(self, name, value, again):
        return super().write(name, value, again=True)


class CountsFromTheStart(ResultBag):
    """An attempt that replaces another is the first again."""

    def write(self, name, value, again):
        attempt = super().write(name, value, again)
        self.kept[name]["attempt"] = min(attempt, 2)
        return min(attempt, 2)


class LooksThenWaits(ResultBag):
    """Somebody else may write between the look and the writing."""

    async def perform(self, operation, arguments):
        if operation == "write" and not arguments["again"]:
            free = arguments["name"] not in self.kept
            await asyncio.sleep(0.001)
            arguments = {**arguments, "again": free}
        return await super().perform(operation, arguments)


LAW = "bags/results"
PLANTED = (
    PlantedUnit("result_bag", LAW, "wrong-answer", TakesEverything),
    PlantedUnit("result_bag", LAW, "wrong-answer", CountsFromTheStart),
    PlantedUnit("result_bag", LAW, "wrong-answer", LooksThenWaits),
)
