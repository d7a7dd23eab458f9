"""Conflicts that are resolved by one function."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class Conflicts:
    """See `production_testers.units.conflicts`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], _bench: Bench) -> None:
        self._settings = settings

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        old, new = arguments["old"], arguments["new"]
        if old is None or old == new:
            return {"conflict": False, "value": new, "changed": False}
        way = self._settings["fields"].get(arguments["field"], self._settings["way"])
        return {"conflict": True, "value": self._resolved(way, old, new), "changed": False}

    def _resolved(self, way: str, old: Any, new: Any) -> Any:
        chosen: Mapping[str, Any] = {"keep_old": old, "keep_new": new, "error": None}
        return chosen[way] if way in chosen else self._merged(old, new)

    def _merged(self, old: Any, new: Any) -> Any:
        if isinstance(old, list) and isinstance(new, list):
            return old + [one for one in new if one not in old]
        if isinstance(old, dict) and isinstance(new, dict):
            both = {name: self._merged(old[name], new[name]) for name in old if name in new}
            return {**old, **new, **both}
        return f"{old}\n{new}" if isinstance(old, str) and isinstance(new, str) else new
