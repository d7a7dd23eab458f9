"""Stages that are taken for something else than they were stated as."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.stage_forms import StageForms


class ExecutesTwice(StageForms):
    """A class is tried out before it is executed."""

    async def perform(self, operation, arguments):
        if self._settings["form"] == "class":
            await super().perform(operation, arguments)
        return await super().perform(operation, arguments)


class ForgetsSettings(StageForms):
    """Settings are handed to the first object only."""

    def _made(self, place):
        stage = super()._made(place)
        if self.__dict__.get("used") and self._settings["form"] == "class_with_settings":
            stage.setting = 0
        self.used = True
        return stage


class TakesTheLast(StageForms):
    """What is made is looked up when it is needed, and that is the last one by then."""

    def _made(self, place):
        last = self._settings.get("stages", 1) - 1
        return super()._made(last if self._settings["form"] == "class" else place)


class KeepsTheObject(StageForms):
    """The object of a class is kept for the next run."""

    def _made(self, place):
        return self.__dict__.setdefault(f"kept {place}", super()._made(place))


class CopiesTheObject(StageForms):
    """An object is taken for an example of how to make one."""

    async def perform(self, operation, arguments):
        self._objects = [self._made(place) for place in range(len(self._objects))]
        return await super().perform(operation, arguments)


LAW = "building/forms"

PLANTED = (
    PlantedUnit("stage_forms", LAW, "not-executed", ExecutesTwice),
    PlantedUnit("stage_forms", LAW, "other-executed", TakesTheLast),
    PlantedUnit("stage_forms", LAW, "setting-lost", ForgetsSettings),
    PlantedUnit("stage_forms", LAW, "state-shared", KeepsTheObject),
    PlantedUnit("stage_forms", LAW, "object-replaced", CopiesTheObject),
)
