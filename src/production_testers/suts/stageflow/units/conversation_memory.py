"""`InMemoryStore`."""

import uuid
from dataclasses import replace
from datetime import timedelta

from stageflow.helpers.memory import InMemoryStore, MemoryConfig, MemoryEntry


class Binding:
    errors = {}
    components = {
        "write": "stageflow.helpers.memory.InMemoryStore.write",
        "fetch": "stageflow.helpers.memory.InMemoryStore.fetch",
        "clear": "stageflow.helpers.memory.InMemoryStore.clear",
    }

    def __init__(self, settings, bench):
        self.bench = bench
        self.store = InMemoryStore()

    async def perform(self, operation, arguments):
        session = uuid.UUID(self.bench.identifier("session", arguments["session"]))
        if operation == "clear":
            return await self.store.clear(session)
        if operation == "write":
            entry = MemoryEntry(
                id=arguments["text"],
                session_id=session,
                role=arguments["role"],
                content=arguments["text"],
            )
            said = entry.timestamp - timedelta(seconds=arguments["age_s"])
            return await self.store.write(replace(entry, timestamp=said))
        config = MemoryConfig(
            max_entries=arguments["entries"],
            max_tokens=arguments["tokens"],
            include_system=arguments["system"],
            recency_window_seconds=arguments["window_s"],
        )
        return [[entry.role, entry.content] for entry in await self.store.fetch(session, config)]
