"""`parse_timestamp`."""

from datetime import UTC, datetime, timedelta, timezone

from stageflow.helpers.timestamps import parse_timestamp


class Binding:
    errors = {ValueError: "unreadable"}
    components = {
        "parse": "stageflow.helpers.timestamps.parse_timestamp",
        "parse_garbage": "stageflow.helpers.timestamps.parse_timestamp",
    }

    def __init__(self, settings, bench):
        self.zone = timezone(timedelta(minutes=settings["zone_min"]))

    async def perform(self, operation, arguments):
        moment = parse_timestamp(arguments["written"], default_timezone=self.zone)
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
