"""A result bag that is a dictionary."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class TakenError(Exception):
    """The name has a result."""


class ResultBag:
    """See `production_testers.units.result_bag`."""

    errors: Mapping[type[BaseException], str] = {TakenError: "taken"}

    def __init__(self, _settings: Mapping[str, Any], _bench: Bench) -> None:
        self.kept: dict[str, dict[str, Json]] = {}

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "write":
            return self.write(**arguments)
        if operation == "read":
            return self.kept.get(arguments["name"])
        return [
            name
            for name, entry in self.kept.items()
            if operation == "names" or entry["attempt"] != 1
        ]

    def write(self, name: str, value: Json, again: bool) -> int:  # noqa: FBT001 - by name
        """Keep a result."""
        if name in self.kept and not again:
            raise TakenError(name)
        before: Any = self.kept.get(name, {"attempt": 0})
        attempt: int = before["attempt"] + 1
        self.kept[name] = {"value": value, "attempt": attempt}
        return attempt
