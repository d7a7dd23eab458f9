"""Contracts in a mapping, compared field by field."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class InvalidError(Exception):
    """Another contract is registered there, or none."""


class Contracts:
    """See `production_testers.units.contracts`."""

    errors: Mapping[type[BaseException], str] = {InvalidError: "invalid"}

    def __init__(self, _settings: Mapping[str, Any], bench: Bench) -> None:
        self._bench = bench
        self._contracts: dict[tuple[str, str], dict[str, Any]] = {}

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "listed":
            return sorted([*key] for key in self._contracts)
        stage = arguments["stage"]
        if operation == "compare":
            return self._compare((stage, arguments["old"]), (stage, arguments["new"]))
        key = stage, arguments["version"]
        if operation == "get":
            return sorted(self._contracts[key]) if key in self._contracts else None
        return self._register(key, arguments["fields"])

    def _register(self, key: tuple[str, str], fields: dict[str, Any]) -> bool:
        if self._contracts.setdefault(key, fields) != fields:
            raise InvalidError(str(key))
        return True

    def _compare(self, old: tuple[str, str], new: tuple[str, str]) -> Json:
        if old not in self._contracts or new not in self._contracts:
            raise InvalidError(f"{old} or {new}")
        before, after = self._contracts[old], self._contracts[new]
        kept = self._all_kept(before, after)
        asked = all(
            name in before and before[name]["required"]
            for name, field in after.items()
            if self._requires(field)
        )
        wide = all(self._takes(before[name], after[name]) for name in before if name in after)
        return {"compatible": kept and asked and wide}

    def _all_kept(self, before: dict[str, Any], after: dict[str, Any]) -> bool:
        return before.keys() <= after.keys()

    def _requires(self, field: dict[str, Any]) -> bool:
        return bool(field["required"])

    def _takes(self, old: dict[str, Any], new: dict[str, Any]) -> bool:
        return old["type"] == new["type"] and (new["nullable"] or not old["nullable"])
