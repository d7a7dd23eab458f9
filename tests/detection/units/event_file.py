"""Wrong event files."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.event_file import EventFile


class BeginsAnew(EventFile):
    """A file that was closed is begun anew when it is opened again."""

    async def perform(self, operation, arguments):
        if operation == "close":
            self._opened = False
        return await super().perform(operation, arguments)


class FlushesNothing(EventFile):
    """Only what is closed stands in the file."""

    async def perform(self, operation, arguments):
        if operation == "read":
            return list(self.__dict__.get("closed", []))
        answer = await super().perform(operation, arguments)
        if operation == "close":
            self.closed = list(self._lines)
        return answer


class WritesAgain(EventFile):
    """What a batch ends with is written once more when the file is flushed."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        if operation == "flush" and self._opened:
            self._lines += self._lines[-1:]
        return answer


class LastFirst(EventFile):
    """A batch is taken from its end."""

    async def perform(self, operation, arguments):
        if operation == "add_many":
            arguments = {"events": arguments["events"][::-1]}
        return await super().perform(operation, arguments)


LAW = "exporting/file"

PLANTED = (
    PlantedUnit("event_file", LAW, "lost", BeginsAnew),
    PlantedUnit("event_file", LAW, "lost", FlushesNothing),
    PlantedUnit("event_file", LAW, "twice", WritesAgain),
    PlantedUnit("event_file", LAW, "out-of-order", LastFirst),
)
