"""Wrong views of a run's results."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.run_results import RunResults


class NothingForEmpty(RunResults):
    """A payload that is empty is given as nothing."""

    async def perform(self, operation, arguments):
        return (await super().perform(operation, arguments)) or None


class SkippedIsFine(RunResults):
    """Whatever has not failed has ended well."""

    async def perform(self, operation, arguments):
        if operation == "ok" and arguments["stage"] in self._stages:
            return self._stages[arguments["stage"]]["status"] != "fail"
        return await super().perform(operation, arguments)


class GivesWhatIsLeft(RunResults):
    """The payload of a stage that was cancelled is given all the same."""

    async def perform(self, operation, arguments):
        one = self._stages.get(arguments.get("stage"), {})
        if operation == "payload" and one.get("status") == "cancel":
            return one["payload"]
        return await super().perform(operation, arguments)


LAW = "results/read"

PLANTED = (
    PlantedUnit("run_results", LAW, "value-changed", NothingForEmpty),
    PlantedUnit("run_results", LAW, "status-wrong", SkippedIsFine),
    PlantedUnit("run_results", LAW, "passes", GivesWhatIsLeft),
)
