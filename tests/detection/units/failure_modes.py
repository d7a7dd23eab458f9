"""Wrong ways to go on after a failure."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.failure_modes import FailureModes


class StopsTheBranch(FailureModes):
    """To stop means to leave out what is behind the failure."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self._mode = {"stop": "go_on"}.get(self._mode, self._mode)


class LooksAtTheFirst(FailureModes):
    """Of several stages that it is behind, one is looked at."""

    def _may(self, after):
        return super()._may(set(sorted(after)[:1]))


class ForgetsWhatWasLeftOut(FailureModes):
    """What was left out did not fail."""

    def _may(self, after):
        return super()._may(after - self._left_out)


class StopsAll(FailureModes):
    """To go on is not implemented."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self._mode = {"go_on": "stop"}.get(self._mode, self._mode)


class CountsLeftOut(FailureModes):
    """What was left out counts as failed."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        if operation == "summary":
            answer["failed"] += len(self._left_out)
        return answer


class HopesForRepair(FailureModes):
    """What can be repaired did not fail."""

    async def perform(self, operation, arguments):
        if operation == "failed" and arguments["recoverable"]:
            return None
        return await super().perform(operation, arguments)


class CountsEveryAttempt(FailureModes):
    """A stage that failed twice counts as two."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self._times = 0

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        if operation == "failed" and arguments["stage"] in self._failed:
            self._times += 1
        return {**answer, "failed": self._times} if operation == "summary" else answer


LAW = "failures/modes"

PLANTED = (
    PlantedUnit("failure_modes", LAW, "goes-on", StopsTheBranch),
    PlantedUnit("failure_modes", LAW, "goes-on", HopesForRepair),
    PlantedUnit("failure_modes", LAW, "behind-failure-runs", LooksAtTheFirst),
    PlantedUnit("failure_modes", LAW, "behind-left-out-runs", ForgetsWhatWasLeftOut),
    PlantedUnit("failure_modes", LAW, "left-out", StopsAll),
    PlantedUnit("failure_modes", LAW, "counts-wrong", CountsLeftOut),
    PlantedUnit("failure_modes", LAW, "counts-wrong", CountsEveryAttempt),
)
