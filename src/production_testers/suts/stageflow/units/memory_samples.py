"""`MemoryTracker`, with `track_memory` around the caller's own code."""

from stageflow.helpers.memory_tracker import MemoryTracker, track_memory


class Binding:
    errors = {}
    components = {
        "around": "stageflow.helpers.memory_tracker.track_memory",
        "around_now": "stageflow.helpers.memory_tracker.track_memory",
        "stop": "stageflow.helpers.memory_tracker.MemoryTracker.stop",
    }

    def __init__(self, settings, bench):
        self.bench = bench
        self.tracker = MemoryTracker(listeners=[self.listen])

    def listen(self, sample):
        of, _, at = sample.label.rpartition(":")
        self.bench.emit("sample", of=of, at=at, fits=sample.current_kb <= sample.peak_kb)

    async def perform(self, operation, arguments):
        if operation == "stop":
            return self.tracker.stop()
        around = track_memory(label=arguments["of"], tracker=self.tracker)
        if operation == "around_now":
            return around(lambda: self.bench.work_now("code"))()

        async def code():
            return await self.bench.work("code")

        return await around(code)()
