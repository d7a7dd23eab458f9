"""`BackpressureAwareEventSink` in front of a receiver."""

from stageflow.events.sink import BackpressureAwareEventSink


class Binding:
    errors = {}
    components = {
        "offer": "stageflow.events.sink.BackpressureAwareEventSink.try_emit",
        "emit": "stageflow.events.sink.BackpressureAwareEventSink.emit",
        "counts": "stageflow.events.sink.BackpressureAwareEventSink.metrics",
        "stop": "stageflow.events.sink.BackpressureAwareEventSink.stop",
    }

    def __init__(self, settings, bench):
        self.bench = bench
        self.drain_s = settings["drain_ms"] / 1000
        self.sink = BackpressureAwareEventSink(
            downstream=Receiver(bench), max_queue_size=settings["capacity"], on_drop=self.dropped
        )

    def dropped(self, event_type, data):
        self.bench.emit("dropped", event=data["event"])

    async def perform(self, operation, arguments):
        if operation == "offer":
            return self.sink.try_emit(type="test", data={"event": arguments["event"]})
        if operation == "emit":
            await self.sink.emit(type="test", data={"event": arguments["event"]})
            return True
        if operation == "counts":
            metrics = self.sink.metrics
            return {"accepted": metrics.emitted, "dropped": metrics.dropped}
        return await self.sink.stop(drain=True, timeout=self.drain_s)


class Receiver:
    def __init__(self, bench):
        self.bench = bench

    async def emit(self, **given):
        await self.bench.work("deliver", given["data"]["event"])
