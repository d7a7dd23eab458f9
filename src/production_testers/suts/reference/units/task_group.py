"""A task group that waits for the first failure."""

import asyncio
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class TaskGroup:
    """See `production_testers.units.task_group`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, _settings: Mapping[str, Any], bench: Bench) -> None:
        self.bench = bench

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        labels = [f"task {i}" for i in range(arguments["tasks"])]
        tasks = [asyncio.create_task(self.bench.work(label), name=label) for label in labels]
        try:
            await self.bench.work("body")
            await self.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.clean(arguments["cleanups"])
        return None

    async def wait(self, tasks: list[asyncio.Task[Json]]) -> None:
        """Until all have ended, or one has failed."""
        if tasks:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in tasks:
                if task in done:
                    task.result()

    async def clean(self, count: int) -> None:
        """The last one first."""
        for number in reversed(range(count)):
            await self.bench.work(f"cleanup {number}")
