"""`JSONFileExporter`, on a file of its own."""

import json
import tempfile
from pathlib import Path

from stageflow.helpers.analytics import AnalyticsEvent, JSONFileExporter

_AT = "stageflow.helpers.analytics.JSONFileExporter"


def event_of(name):
    return AnalyticsEvent(event_type=name)


class Binding:
    errors = {}
    components = {
        "add": f"{_AT}.export",
        "add_many": f"{_AT}.export_batch",
        "flush": f"{_AT}.flush",
        "close": f"{_AT}.close",
        "read": f"{_AT}._ensure_open",
    }

    def __init__(self, settings, bench):
        self.folder = tempfile.TemporaryDirectory(prefix="ptest-events-")
        self.path = Path(self.folder.name) / "events.jsonl"
        lines = [json.dumps({"event_type": name}) + "\n" for name in settings["before"]]
        self.path.write_text("".join(lines))
        self.exporter = JSONFileExporter(self.path, append=settings["keeps"])

    async def perform(self, operation, arguments):
        if operation == "read":
            lines = self.path.read_text().splitlines()
            return [json.loads(line)["event_type"] for line in lines]
        if operation == "add":
            return await self.exporter.export(event_of(arguments["events"][0]))
        if operation == "add_many":
            return await self.exporter.export_batch([event_of(n) for n in arguments["events"]])
        return await getattr(self.exporter, operation)()
