"""A value bag that is a dictionary."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class TakenError(Exception):
    """Another stage has written the key."""


class ValueBag:
    """See `production_testers.units.value_bag`."""

    errors: Mapping[type[BaseException], str] = {TakenError: "taken"}

    def __init__(self, _settings: Mapping[str, Any], _bench: Bench) -> None:
        self.kept: dict[str, tuple[str, Json]] = {}

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "names":
            return list(self.kept)
        key = arguments["key"]
        if operation != "write":
            stage, value = self.kept.get(key, (None, None))
            return value if operation == "read" else stage
        if key in self.kept:
            raise TakenError(key)
        self.kept[key] = arguments["stage"], arguments["value"]
        return None
