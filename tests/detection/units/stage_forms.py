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

    def _made(self):
        stage = super()._made()
        if self.__dict__.get("used") and self._settings["form"] == "class_with_settings":
            stage.setting = 0
        self.used = True
        return stage


class KeepsTheObject(StageForms):
    """The object of a class is kept for the next run."""

    def _made(self):
        return self.__dict__.setdefault("kept", super()._made())


class CopiesTheObject(StageForms):
    """An object is taken for an example of how to make one."""

    async def perform(self, operation, arguments):
        self._object = self._made()
        return await super().perform(operation, arguments)


LAW = "building/forms"

PLANTED = (
    PlantedUnit("stage_forms", LAW, "not-executed", ExecutesTwice),
    PlantedUnit("stage_forms", LAW, "setting-lost", ForgetsSettings),
    PlantedUnit("stage_forms", LAW, "state-shared", KeepsTheObject),
    PlantedUnit("stage_forms", LAW, "object-replaced", CopiesTheObject),
)
