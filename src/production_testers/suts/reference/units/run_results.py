"""A mapping of results, asked carefully."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class MissingError(Exception):
    """The stage has no result."""


class NotOkError(Exception):
    """The stage did not end well."""


class RunResults:
    """See `production_testers.units.run_results`."""

    errors: Mapping[type[BaseException], str] = {MissingError: "missing", NotOkError: "not_ok"}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:  # noqa: ARG002
        self._stages: Mapping[str, Mapping[str, Any]] = settings["stages"]

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "failed":
            return [name for name, one in self._stages.items() if one["status"] == "fail"]
        one = self._stages.get(arguments["stage"])
        if operation == "ok":
            return one is not None and one["status"] == "ok"
        if one is None:
            raise MissingError(arguments["stage"])
        if operation == "summary":
            return dict(one["summary"])
        if one["status"] != "ok":
            raise NotOkError(arguments["stage"])
        return one["payload"]  # type: ignore[no-any-return]
