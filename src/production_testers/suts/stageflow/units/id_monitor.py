"""`UuidCollisionMonitor`."""

import uuid

from stageflow.helpers.uuid_utils import UuidCollisionMonitor


class Binding:
    errors = {}
    components = {"observe": "stageflow.helpers.uuid_utils.UuidCollisionMonitor.observe"}

    def __init__(self, settings, bench):
        self.bench = bench
        self.monitor = UuidCollisionMonitor(
            ttl_seconds=settings["window_ms"] / 1000,
            max_entries=settings["capacity"],
            listeners=[self.told],
        )

    def told(self, event):
        self.bench.emit("told", id=str(event.value), known=event.collision)

    async def perform(self, operation, arguments):
        return self.monitor.observe(uuid.UUID(self.bench.identifier("id", arguments["id"])))
