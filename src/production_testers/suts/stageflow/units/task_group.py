"""`StructuredTaskGroup`."""

from functools import partial

from stageflow.pipeline.cancellation import StructuredTaskGroup


class Binding:
    errors = {}
    components = {"execute": "stageflow.pipeline.cancellation.StructuredTaskGroup"}

    def __init__(self, settings, bench):
        self.bench = bench

    async def perform(self, operation, arguments):
        async def cleanup(label):
            await self.bench.work(label)

        async with StructuredTaskGroup() as group:
            for number in range(arguments["cleanups"]):
                label = f"cleanup {number}"
                callback = partial(cleanup, label)
                callback.__name__ = label
                group.cleanup_registry.register(callback)
            for number in range(arguments["tasks"]):
                group.create_task(self.bench.work(f"task {number}"), name=f"task {number}")
            await self.bench.work("body")
