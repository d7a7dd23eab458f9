"""Wrong admissions."""

import asyncio

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.admission import Admission, TurnedAwayError


class OneMore(Admission):
    """The last place is given twice."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self.room = asyncio.Semaphore(settings["most"] + 1)


class ForgetsTheAnswer(Admission):
    """What the work gives is thrown away."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        return answer if operation == "ask" else None


class AlwaysSheds(Admission):
    """Whether turning away was asked for is not looked at."""

    def __init__(self, settings, bench):
        super().__init__({**settings, "sheds": True}, bench)


class CountsItself(Admission):
    """Whoever asks is counted as waiting."""

    async def perform(self, operation, arguments):
        if operation == "execute" and self.settings["sheds"] and self.settings["queue"] == 1:
            raise TurnedAwayError
        return await super().perform(operation, arguments)


class RemembersTheWorst(Admission):
    """Once it was too much, it stays too much."""

    worst = False

    def too_much(self):
        self.worst = self.worst or super().too_much()
        return self.worst


class LosesACount(Admission):
    """Whoever gives up while waiting stays counted."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except asyncio.CancelledError:
            self.waiting += 1
            raise


class GivesWhatItFinds(Admission):
    """A yes or no is the last value that was looked at."""

    def too_much(self):
        return super().too_much() or []


UNIT, LAW = "admission", "concurrency/admission"
PLANTED = (
    PlantedUnit(UNIT, LAW, "too-many", OneMore),
    PlantedUnit(UNIT, LAW, "answer-changed", ForgetsTheAnswer),
    PlantedUnit(UNIT, LAW, "turned-away", AlwaysSheds),
    PlantedUnit(UNIT, LAW, "idle-turned-away", CountsItself),
    PlantedUnit(UNIT, LAW, "never-recovers", RemembersTheWorst),
    PlantedUnit(UNIT, LAW, "wrong-count", LosesACount),
    PlantedUnit(UNIT, LAW, "wrong-type", GivesWhatItFinds),
)
