"""`InMemoryIdempotencyStore`."""

from copy import deepcopy
from datetime import UTC, datetime

from stageflow.pipeline.idempotency import CachedStageResult, InMemoryIdempotencyStore
from stageflow.stages.result import StageResult

_STORE = "stageflow.pipeline.idempotency.InMemoryIdempotencyStore"


class Binding:
    errors = {}
    components = {"put": f"{_STORE}.set", "get": f"{_STORE}.get", "forget": f"{_STORE}.delete"}

    def __init__(self, settings, bench):
        self.store = InMemoryIdempotencyStore()

    async def perform(self, operation, arguments):
        key, spoils = arguments["key"], arguments.get("spoils", False)
        if operation == "forget":
            return await self.store.delete(key)
        if operation == "put":
            now, data = datetime.now(UTC), deepcopy(dict(arguments["value"]))
            times = {"started_at": now, "ended_at": now}
            result = StageResult(name="work", status="completed", data=data, **times)
            entry = CachedStageResult(result=result)
            await self.store.set(key, entry, ttl_seconds=arguments["keep_s"])
            return spoil(data) if spoils else None
        entry = await self.store.get(key)
        if entry is None:
            return None
        got = deepcopy(entry.result.data)
        if spoils:
            spoil(entry.result.data)
        return got


def spoil(data):
    """What a caller may do to its own values."""
    for value in data.values():
        if isinstance(value, list):
            value.append("spoiled")
    data["spoiled"] = True
