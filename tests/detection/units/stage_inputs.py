"""Wrong views of what dependencies gave."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.stage_inputs import DEFAULT, StageInputs


class NothingIsMissing(StageInputs):
    """A value that is nothing counts as not given."""

    def _of(self, stage, key, *, required):
        return super()._of(stage, key, required=required) or DEFAULT


class SkippedHasAnOutput(StageInputs):
    """Whoever is declared is said to have an output."""

    async def perform(self, operation, arguments):
        if operation == "has" and arguments["stage"] in self._declared:
            return True
        return await super().perform(operation, arguments)


class DefaultOnlyForStages(StageInputs):
    """The default stands for a stage that was skipped, not for a key that is not there."""

    def _of(self, stage, key, *, required):
        if stage in self._given and key not in self._given[stage] and not required:
            return None
        return super()._of(stage, key, required=required)


class RequiresNothing(StageInputs):
    """What is required of a stage that was skipped is nothing."""

    def _of(self, stage, key, *, required):
        return super()._of(stage, key, required=required and stage in self._given)


class AsksAnybody(StageInputs):
    """Whoever declared nothing may ask everybody."""

    async def perform(self, operation, arguments):
        if not self._declared and operation != "get":
            self._declared = frozenset([arguments["stage"]])
        return await super().perform(operation, arguments)


class TheLatestCounts(StageInputs):
    """Of several values the latest is taken."""

    def _of_any(self, key):
        self._given = dict(reversed(self._given.items()))
        return super()._of_any(key)


LAW = "inputs/look-ups"

PLANTED = (
    PlantedUnit("stage_inputs", LAW, "value-lost", NothingIsMissing),
    PlantedUnit("stage_inputs", LAW, "value-lost", SkippedHasAnOutput),
    PlantedUnit("stage_inputs", LAW, "other-found", TheLatestCounts),
    PlantedUnit("stage_inputs", LAW, "default-lost", DefaultOnlyForStages),
    PlantedUnit("stage_inputs", LAW, "missing-passes", RequiresNothing),
    PlantedUnit("stage_inputs", LAW, "undeclared-passes", AsksAnybody),
)
