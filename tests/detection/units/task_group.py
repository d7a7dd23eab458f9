"""Wrong task groups."""

import asyncio

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.task_group import TaskGroup


class WaitsForAll(TaskGroup):
    """A failure is noticed when all tasks have ended."""

    async def wait(self, tasks):
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result


class LooksAtTheFirst(TaskGroup):
    """Only the first task's error is raised."""

    async def wait(self, tasks):
        if tasks:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            if tasks[0].done():
                tasks[0].result()


class StopsAtTheFirst(TaskGroup):
    """The group ends with its first task."""

    async def wait(self, tasks):
        if tasks:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()


class CleansInOrder(TaskGroup):
    """Clean-ups are called in the order of their registration."""

    async def clean(self, count):
        for number in range(count):
            await self.bench.work(f"cleanup {number}")


class CleansAtOnce(TaskGroup):
    """After a cancellation the clean-ups are called first, and then the tasks are stopped."""

    async def wait(self, tasks):
        try:
            await super().wait(tasks)
        except Exception:
            await super().clean(self.count)
            self.cleaned = True
            raise

    async def perform(self, operation, arguments):
        self.count, self.cleaned = arguments["cleanups"], False
        return await super().perform(operation, arguments)

    async def clean(self, count):
        if not self.cleaned:
            await super().clean(count)


UNIT, LAW = "task_group", "concurrency/task-group"
PLANTED = (
    PlantedUnit(UNIT, LAW, "siblings-go-on", WaitsForAll),
    PlantedUnit(UNIT, LAW, "failure-hidden", LooksAtTheFirst),
    PlantedUnit(UNIT, LAW, "task-lost", StopsAtTheFirst),
    PlantedUnit(UNIT, LAW, "not-cleaned", CleansInOrder),
    PlantedUnit(UNIT, LAW, "cleaned-too-early", CleansAtOnce),
)
