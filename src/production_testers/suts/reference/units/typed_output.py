"""A check in front of a copy."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.typed_output import PRODUCER, fits


class MisfitError(Exception):
    """The payload does not fit the shape."""


class TypedOutput:
    """See `production_testers.units.typed_output`."""

    errors: Mapping[type[BaseException], str] = {MisfitError: "misfit"}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._settings = settings
        self._bench = bench

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "produce":
            payload: Any = await self._bench.work(PRODUCER)
        else:
            payload = arguments["payload"]
        if not self._fits(payload):
            raise MisfitError(str(payload))
        return {"data": self._data(payload), "version": self._version(arguments)}

    def _fits(self, payload: dict[str, Json]) -> bool:
        return fits(self._settings["fields"], payload)

    def _data(self, payload: dict[str, Json]) -> Json:
        return {name: own for name, own in payload.items() if name in self._settings["fields"]}

    def _version(self, arguments: Mapping[str, Any]) -> Json:
        version: Json = arguments.get("version", self._settings["version"])
        return version
