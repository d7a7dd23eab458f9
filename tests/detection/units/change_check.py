"""Wrong checks for changes."""

import copy

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.change_check import ChangeCheck, ChangedError


class LooksAtTheOutside(ChangeCheck):
    """What is inside of what was given is compared with itself."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except ChangedError:
            return None


class KeepsItByStage(ChangeCheck):
    """What was there before is kept by the name of the stage, for all executions."""

    async def perform(self, operation, arguments):
        given = {"list": list(arguments["list"])}
        self.before = copy.deepcopy(given)
        await self._bench.work("work")
        if arguments["changes"]:
            given["list"].append("changed")
        if given != self.before:
            raise ChangedError


LAW = "isolation/changes-told"

PLANTED = (
    PlantedUnit("change_check", LAW, "change-passes", LooksAtTheOutside),
    PlantedUnit("change_check", LAW, "accused", KeepsItByStage),
)
