"""Wrong exporters."""

from contextlib import suppress

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.batch_exporter import BatchExporter


class ForgetsTheRest(BatchExporter):
    """What does not fill a batch is not written at the end."""

    async def perform(self, operation, arguments):
        if operation == "close" and len(self._waiting) < self._settings["batch"]:
            self._waiting.clear()
        return await super().perform(operation, arguments)


class CloseCutsOff(BatchExporter):
    """Closing cancels the write that is under way, and writes the rest."""

    async def perform(self, operation, arguments):
        if operation == "close" and self._writer is not None:
            self._writer.cancel()
            self._writer = None
        return await super().perform(operation, arguments)


class WritesAgain(BatchExporter):
    """A batch is put back before its write has ended."""

    async def _work(self):
        batch = list(self._waiting)
        await super()._work()
        if len(batch) > 2:
            self._waiting.extend(batch[-1:])
            await super()._work()


class NewestFirst(BatchExporter):
    """Batches of three and more are turned round."""

    async def _work(self):
        if len(self._waiting) >= 3:
            self._waiting.reverse()
        await super()._work()


class NoTimer(BatchExporter):
    """The timer is set once and never again after it has rung."""

    rung = False

    def _add(self, event):
        super()._add(event)
        if self.rung and self._timer is not None:
            self._timer.cancel()

    def _write(self):
        self.rung = self.rung or self._timer is not None
        super()._write()


class RemembersTheFailure(BatchExporter):
    """The error of the last failed write is raised when it is closed."""

    failure = None

    async def _work(self):
        while self._waiting:
            batch = list(self._waiting)
            self._waiting.clear()
            try:
                await self._bench.work("write", batch)
            except (RuntimeError, ConnectionError) as error:
                self.failure = error
        self._writer = None

    async def perform(self, operation, arguments):
        if operation == "close" and self.failure is not None:
            raise self.failure
        return await super().perform(operation, arguments)


class DropsEarly(BatchExporter):
    """The last place is never used."""

    def _add(self, event):
        if len(self._waiting) == self._settings["capacity"] - 1 > 1:
            self._waiting.popleft()
            self._dropped += 1
            self._bench.emit("dropped")
        super()._add(event)


class CountsTwice(BatchExporter):
    """A drop is counted before and after."""

    def _add(self, event):
        self._dropped += len(self._waiting) >= self._settings["capacity"]
        super()._add(event)


class CallerCutsOff(BatchExporter):
    """Who adds the event that fills the batch writes it, until he gives up."""

    async def perform(self, operation, arguments):
        if operation == "add" and len(self._waiting) + 1 >= self._settings["batch"] > 1:
            batch = [*self._waiting, arguments["event"]]
            self._waiting.clear()
            with suppress(RuntimeError, ConnectionError):
                await self._bench.work("write", batch)
            return None
        return await super().perform(operation, arguments)


PLANTED = (
    PlantedUnit("batch_exporter", "exporting/batches", "lost", ForgetsTheRest),
    PlantedUnit("batch_exporter", "exporting/batches", "cut-off", CloseCutsOff),
    PlantedUnit("batch_exporter", "exporting/batches", "cut-off", CallerCutsOff, within=250),
    PlantedUnit("batch_exporter", "exporting/batches", "written-twice", WritesAgain),
    PlantedUnit("batch_exporter", "exporting/batches", "out-of-order", NewestFirst),
    PlantedUnit("batch_exporter", "exporting/batches", "late", NoTimer),
    PlantedUnit("batch_exporter", "exporting/batches", "close-fails", RemembersTheFailure),
    PlantedUnit("batch_exporter", "exporting/batches", "dropped-with-room", DropsEarly),
    PlantedUnit("batch_exporter", "exporting/batches", "counts-wrong", CountsTwice),
)
