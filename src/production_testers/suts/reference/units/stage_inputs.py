"""Mappings of mappings, asked carefully."""

import copy
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.stage_inputs import DEFAULT


class MissingError(Exception):
    """It is required, and nobody gave it."""


class UndeclaredError(Exception):
    """The stage is no declared dependency."""


class StageInputs:
    """See `production_testers.units.stage_inputs`."""

    errors: Mapping[type[BaseException], str] = {
        MissingError: "missing",
        UndeclaredError: "undeclared",
    }

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:  # noqa: ARG002
        self._declared = frozenset(settings["declared"])
        given = copy.deepcopy(dict(settings["given"]))
        self._given = {name: given[name] for name in settings["declared"] if name in given}

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "get":
            return self._of_any(arguments["key"])
        if arguments["stage"] not in self._declared:
            raise UndeclaredError(arguments["stage"])
        if operation == "has":
            return arguments["stage"] in self._given
        return self._of(arguments["stage"], arguments["key"], required=operation != "get_from")

    def _of_any(self, key: str) -> Json:
        return next((own[key] for own in self._given.values() if key in own), DEFAULT)

    def _of(self, stage: str, key: str, *, required: bool) -> Json:
        own = self._given.get(stage, {})
        if key in own:
            return own[key]  # type: ignore[no-any-return]
        if required:
            raise MissingError(key)
        return DEFAULT
