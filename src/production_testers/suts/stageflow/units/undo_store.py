"""`UndoStore`."""

import uuid

from stageflow.tools import UndoStore


class Binding:
    errors = {}
    components = {
        "keep": "stageflow.tools.undo.UndoStore.store",
        "get": "stageflow.tools.undo.UndoStore.get",
        "drop": "stageflow.tools.undo.UndoStore.delete",
        "sweep": "stageflow.tools.undo.UndoStore.cleanup_expired",
        "all": "stageflow.tools.undo.UndoStore.get_all",
    }

    def __init__(self, settings, bench):
        self.bench, self.refs = bench, {}
        self.store = UndoStore(default_ttl_seconds=settings["ttl_ms"] / 1000)

    async def perform(self, operation, arguments):
        if operation == "sweep":
            await self.store.cleanup_expired()
            return None
        if operation == "all":
            return sorted(self.refs[kept.action_id] for kept in await self.store.get_all())
        action = uuid.UUID(self.bench.identifier("action", arguments["ref"]))
        self.refs[action] = arguments["ref"]
        if operation == "keep":
            ttl = arguments["ttl_ms"] / 1000 if "ttl_ms" in arguments else None
            await self.store.store(action, "tool", arguments["data"], ttl_seconds=ttl)
            return None
        if operation == "drop":
            return await self.store.delete(action)
        kept = await self.store.get(action)
        return kept and kept.undo_data
