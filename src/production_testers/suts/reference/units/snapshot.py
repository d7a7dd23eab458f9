"""A snapshot that is JSON text."""

import json
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench

VARIED = ("ids", "messages", "route", "profile", "memory", "documents", "web", "extension")
"""Parts that a copy takes from the new one."""


class Snapshot:
    """See `production_testers.units.snapshot`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, _settings: Mapping[str, Any], _bench: Bench) -> None:
        pass

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        text = self.written(arguments["snapshot"])
        if operation == "vary":
            old: dict[str, Json] = self.read(text)
            new = self.read(self.written(arguments["new"]))
            kept = {name: part for name, part in old.items() if name not in VARIED}
            taken = {name: part for name, part in new.items() if name in VARIED}
            return {"old": old, "copy": kept | taken}
        return self.read(text)

    def written(self, snapshot: Mapping[str, Json]) -> str:
        """As text."""
        return json.dumps(snapshot)

    def read(self, text: str) -> dict[str, Json]:
        """From text."""
        parts: dict[str, Json] = json.loads(text)
        return parts
