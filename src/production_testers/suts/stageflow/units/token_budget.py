"""`ContextUtilization` and `TruncationTracker`."""

from stageflow.context.enrich import ContextUtilization, TruncationTracker

_MODULE = "stageflow.context.enrich"


class Binding:
    errors = {}
    components = {
        "add": f"{_MODULE}.ContextUtilization.add",
        "fits": f"{_MODULE}.ContextUtilization.can_fit",
        "used": f"{_MODULE}.ContextUtilization.to_dict",
        "cut": f"{_MODULE}.TruncationTracker.record_truncation",
        "cuts": f"{_MODULE}.TruncationTracker.get_summary",
    }

    def __init__(self, settings, bench):
        self.bench = bench
        reserved = settings["reserved"]
        self.context = ContextUtilization(settings["most"], reserved_tokens=reserved)
        self.tracker = TruncationTracker(event_sink=self)

    async def emit(self, *, type, data):  # noqa: A002 - theirs: the protocol `EventSink`
        self.try_emit(type=type, data=data)

    def try_emit(self, *, type, data):  # noqa: A002 - theirs
        self.bench.emit("cut", before=data["original_tokens"], after=data["truncated_tokens"])

    async def perform(self, operation, arguments):
        if operation == "add":
            return self.context.add(arguments["tokens"])
        if operation == "fits":
            return self.context.can_fit(arguments["tokens"])
        if operation == "used":
            told = self.context.to_dict()
            return {"used": told["used_tokens"], "free": told["available_tokens"]}
        if operation == "cuts":
            told = self.tracker.get_summary()
            return {"count": told["event_count"], "saved": told["total_tokens_removed"]}
        texts = {"strategy": "tail", "content_type": "document", "reason": arguments["why"]}
        self.tracker.record_truncation(arguments["before"], arguments["after"], **texts)
        return None
