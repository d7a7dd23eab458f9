"""A dictionary that is filled when it is first looked at."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class UnknownError(Exception):
    """Nothing has the name."""


class LazyRegistry:
    """See `production_testers.units.lazy_registry`."""

    errors: Mapping[type[BaseException], str] = {UnknownError: "unknown"}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._settings = settings
        self._bench = bench
        self._known: dict[str, str] = {}
        self._loaded = False

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "register":
            self._known[arguments["name"]] = arguments["name"]
            return None
        self._load()
        if operation == "names":
            return sorted(self._known)
        if operation == "has":
            return arguments["name"] in self._known
        if arguments["name"] not in self._known:
            raise UnknownError(arguments["name"])
        return self._known[arguments["name"]]

    def _load(self) -> None:
        if not self._loaded:
            self._loaded = True
            self._bench.work_now("load")
            self._known |= {name: name for name in self._settings["loaded"]}
