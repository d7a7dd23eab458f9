"""`CompositeExporter` in front of exporters of the caller's own."""

from stageflow.helpers.analytics import AnalyticsEvent, CompositeExporter

_AT = "stageflow.helpers.analytics.CompositeExporter"


class Place:
    def __init__(self, bench, number):
        self.bench, self.number = bench, number

    async def export(self, event):
        await self.bench.work(f"add {self.number}", event.event_type)

    async def export_batch(self, events):
        for event in events:
            await self.export(event)

    async def flush(self):
        await self.bench.work(f"flush {self.number}")

    async def close(self):
        await self.bench.work(f"close {self.number}")


class Binding:
    errors = {}
    components = {"add": f"{_AT}.export", "flush": f"{_AT}.flush", "close": f"{_AT}.close"}

    def __init__(self, settings, bench):
        places = [Place(bench, number) for number in range(settings["places"])]
        self.exporter = CompositeExporter(places)

    async def perform(self, operation, arguments):
        if operation == "add":
            return await self.exporter.export(AnalyticsEvent(event_type=arguments["event"]))
        return await getattr(self.exporter, operation)()
