"""A list instead of a file."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class EventFile:
    """See `production_testers.units.event_file`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:  # noqa: ARG002
        self._lines: list[Json] = list(settings["before"])
        self._keeps = settings["keeps"]
        self._opened = False

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "read":
            return list(self._lines)
        if operation in ("add", "add_many"):
            self._open()
            self._lines += arguments["events"]
        return None

    def _open(self) -> None:
        if not self._opened and not self._keeps:
            self._lines.clear()
        self._opened = True
