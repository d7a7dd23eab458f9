"""What can be wrong with any unit, shown on one."""

import asyncio
import os
import tempfile
from contextvars import ContextVar
from pathlib import Path

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.retry import Retry


class WaitsForEver(Retry):
    """After an attempt that failed nobody wakes the call up."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except (TimeoutError, ConnectionError):
            await asyncio.get_running_loop().create_future()


class IgnoresCancellation(Retry):
    """A cancellation is swallowed, and what should have ended waits for something else."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except asyncio.CancelledError:
            await asyncio.get_running_loop().create_future()


class AnswersWhenCancelled(Retry):
    """A call that is cancelled has an answer like any other."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except asyncio.CancelledError:
            return {"cancelled": True}


class LeavesATask(Retry):
    """Every call starts a watcher, and nobody stops it."""

    async def perform(self, operation, arguments):
        loop = asyncio.get_running_loop()
        self.watcher = asyncio.create_task(self._watch(loop.create_future()))
        return await super().perform(operation, arguments)

    async def _watch(self, future):
        await future


class WorkGoesOn(Retry):
    """The attempt is shielded from the cancellation of its call."""

    async def perform(self, operation, arguments):
        self.attempt = asyncio.create_task(super().perform(operation, arguments))
        return await asyncio.shield(self.attempt)


class DiesInside(Retry):
    """An error without text is not thought of."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except ValueError:
            return [].pop()


LAST_CALL = ContextVar("last_call")


class LeavesItsContext(Retry):
    """Who called last stands in a context variable."""

    async def perform(self, operation, arguments):
        LAST_CALL.set(operation)
        return await super().perform(operation, arguments)


class SetsTheEnvironment(Retry):
    """How often was tried stands in a variable of the environment."""

    async def perform(self, operation, arguments):
        os.environ["RETRY_ATTEMPTS"] = str(self._settings["attempts"])
        return await super().perform(operation, arguments)


class KeepsAFile(Retry):
    """What it was called with stands in a file of its own choice."""

    async def perform(self, operation, arguments):
        Path(tempfile.gettempdir(), "planted-retry.json").write_text(operation)  # noqa: ASYNC240 - that is the bug
        return await super().perform(operation, arguments)


PLANTED = (
    PlantedUnit("retry", "units/process-unchanged", "process-changed", SetsTheEnvironment),
    PlantedUnit("retry", "units/process-unchanged", "file-written", KeepsAFile),
    PlantedUnit("retry", "units/context-unchanged", "context-left", LeavesItsContext),
    PlantedUnit("retry", "units/calls-end", "never-ends", WaitsForEver),
    PlantedUnit("retry", "units/calls-end", "cancellation-ignored", IgnoresCancellation),
    PlantedUnit("retry", "units/calls-end", "cancellation-hidden", AnswersWhenCancelled),
    PlantedUnit("retry", "units/leaves-nothing", "task-left", LeavesATask),
    PlantedUnit("retry", "units/leaves-nothing", "work-goes-on", WorkGoesOn),
    PlantedUnit("retry", "units/errors-are-meant", "internal-error", DiesInside),
)
