"""Looks before and after, with everything of one execution kept in that execution."""

import copy
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.change_check import WORK


class ChangedError(Exception):
    """What was to be read only is not what it was."""


class ChangeCheck:
    """See `production_testers.units.change_check`."""

    errors: Mapping[type[BaseException], str] = {ChangedError: "changed"}

    def __init__(self, _settings: Mapping[str, Any], bench: Bench) -> None:
        self._bench = bench

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        given = {"list": list(arguments["list"])}
        before = copy.deepcopy(given)
        await self._bench.work(WORK)
        if arguments["changes"]:
            given["list"].append("changed")
        if given != before:
            raise ChangedError
        return None
