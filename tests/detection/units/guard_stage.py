"""Wrong guards."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.guard_stage import GuardStage
from production_testers.units.guard_stage import CLEAN


class MoreThanTheThreshold(GuardStage):
    """A violation counts when it is over the threshold, not when it reaches it."""

    def _counted(self, severities):
        return sum(severity > self._settings["threshold"] for severity in severities)


class IgnoresTheThreshold(GuardStage):
    """Every violation counts."""

    def _counted(self, severities):
        return len(severities)


class CrashIsClean(GuardStage):
    """A check that does not answer in time has found nothing."""

    def _check(self, number, text):
        try:
            return super()._check(number, text)
        except TimeoutError:
            return CLEAN


class ChecksTheOriginal(GuardStage):
    """Every check sees the text as it came."""

    async def perform(self, operation, arguments):
        self.original = arguments["text"]
        return await super().perform(operation, arguments)

    def _check(self, number, text):
        return super()._check(number, self.original if number == 2 else text)


class EmptyIsNothing(GuardStage):
    """A check that took everything out of a text has not changed it."""

    def _check(self, number, text):
        given = super()._check(number, text)
        return {**given, "text": given["text"] or None}


class CountsTheFirstOnly(GuardStage):
    """A check counts once, however much it finds."""

    def _counted(self, severities):
        return min(1, super()._counted(severities))


class AuditsTheFirst(GuardStage):
    """The second text that is let through is not told of."""

    told = False

    def _audit(self, violations):
        if not self.told:
            super()._audit(violations)
        self.told = True


PLANTED = (
    PlantedUnit("guard_stage", "guard/stage", "let-through", MoreThanTheThreshold),
    PlantedUnit("guard_stage", "guard/stage", "clean-blocked", IgnoresTheThreshold),
    PlantedUnit("guard_stage", "guard/stage", "crash-opens", CrashIsClean),
    PlantedUnit("guard_stage", "guard/stage", "stale-text-checked", ChecksTheOriginal),
    PlantedUnit("guard_stage", "guard/stage", "change-lost", EmptyIsNothing),
    PlantedUnit("guard_stage", "guard/stage", "miscounted", CountsTheFirstOnly),
    PlantedUnit("guard_stage", "guard/audit", "audit-missing", AuditsTheFirst),
)
