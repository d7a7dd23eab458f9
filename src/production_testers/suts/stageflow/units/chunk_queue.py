"""`ChunkQueue`."""

from stageflow.helpers.streaming import ChunkQueue


class Binding:
    errors = {}
    components = {
        "put": "stageflow.helpers.streaming.ChunkQueue.put",
        "get": "stageflow.helpers.streaming.ChunkQueue.get",
        "close": "stageflow.helpers.streaming.ChunkQueue.close",
    }

    def __init__(self, settings, bench):
        self.bench = bench
        self.queue = ChunkQueue(
            max_size=settings["capacity"],
            drop_on_overflow=settings["drops"],
            event_emitter=self.event,
        )

    def event(self, event_type, data):
        if event_type == "stream.chunk_dropped":
            self.bench.emit("dropped")

    async def perform(self, operation, arguments):
        if operation == "put":
            return await self.queue.put(arguments["chunk"])
        return await getattr(self.queue, operation)()
