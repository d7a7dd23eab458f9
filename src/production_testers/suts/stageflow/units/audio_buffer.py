"""`StreamingBuffer`."""

import base64

from stageflow.helpers.streaming import AudioChunk, StreamingBuffer


class Binding:
    errors = {}
    components = {
        "add": "stageflow.helpers.streaming.StreamingBuffer.add_chunk",
        "read": "stageflow.helpers.streaming.StreamingBuffer.read",
        "stats": "stageflow.helpers.streaming.StreamingBuffer.stats",
    }

    def __init__(self, settings, bench):
        self.format = {"sample_rate": settings["rate"], "channels": settings["channels"]}
        self.buffer = StreamingBuffer(max_duration_ms=settings["max_ms"], **self.format)

    async def perform(self, operation, arguments):
        if operation == "add":
            size = arguments["frames"] * self.format["channels"] * 2
            data = bytes((arguments["first"] + i) % 251 for i in range(size))
            return self.buffer.add_chunk(AudioChunk(data=data, **self.format))
        if operation == "read":
            return base64.b64encode(self.buffer.read(arguments["ms"])).decode()
        stats = self.buffer.stats
        counts = {name: stats[f"total_{name}"] for name in ("received", "read", "dropped")}
        return {**counts, "held": stats["bytes_buffered"]}
