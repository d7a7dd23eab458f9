"""Wrong cancel tokens."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.cancel_signal import CancelToken


class KeepsTheLastReason(CancelToken):
    """A later reason replaces the first."""

    async def perform(self, operation, arguments):
        if operation == "cancel":
            self.reasons.clear()
        return await super().perform(operation, arguments)


class TellsAgain(CancelToken):
    """Those who were told are told again at the next cancellation."""

    async def perform(self, operation, arguments):
        listeners = list(self.listeners)
        answer = await super().perform(operation, arguments)
        if operation == "cancel":
            self.listeners += listeners
        return answer


class StopsAtAnError(CancelToken):
    """A listener that fails keeps the others from being told."""

    def tell(self, name):
        self.bench.work_now(f"listener {name}")


class TellsAtOnce(CancelToken):
    """Whoever listens is told, whether it was cancelled or not."""

    async def perform(self, operation, arguments):
        if operation == "listen":
            self.tell(arguments["name"])
            return None
        return await super().perform(operation, arguments)


LAW = "cancellation/token"
PLANTED = (
    PlantedUnit("cancel_signal", LAW, "wrong-answer", KeepsTheLastReason),
    PlantedUnit("cancel_signal", LAW, "told-twice", TellsAgain),
    PlantedUnit("cancel_signal", LAW, "never-told", StopsAtAnError),
    PlantedUnit("cancel_signal", LAW, "told-too-early", TellsAtOnce),
)
