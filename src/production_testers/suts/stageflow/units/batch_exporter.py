"""`BufferedExporter` in front of an exporter that writes."""

from stageflow.helpers.analytics import AnalyticsEvent, BufferedExporter


class Binding:
    errors = {}
    components = {
        "add": "stageflow.helpers.analytics.BufferedExporter.export",
        "flush": "stageflow.helpers.analytics.BufferedExporter.flush",
        "counts": "stageflow.helpers.analytics.BufferedExporter.dropped_count",
        "close": "stageflow.helpers.analytics.BufferedExporter.close",
    }

    def __init__(self, settings, bench):
        self.bench = bench
        self.exporter = BufferedExporter(
            Writer(bench),
            batch_size=settings["batch"],
            flush_interval_seconds=settings["interval_ms"] / 1000,
            max_buffer_size=settings["capacity"],
            on_overflow=self.overflow,
        )

    def overflow(self, dropped, _size):
        if dropped > 0:  # -1 says that the buffer is nearly full
            self.bench.emit("dropped")

    async def perform(self, operation, arguments):
        if operation == "add":
            return await self.exporter.export(AnalyticsEvent(event_type=arguments["event"]))
        if operation == "counts":
            return {"dropped": self.exporter.dropped_count}
        return await getattr(self.exporter, operation)()


class Writer:
    def __init__(self, bench):
        self.bench = bench

    async def export_batch(self, events):
        await self.bench.work("write", [event.event_type for event in events])

    async def flush(self):
        pass

    async def close(self):
        pass
