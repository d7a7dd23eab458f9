"""Failures in two sets."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class FailureModes:
    """See `production_testers.units.failure_modes`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], _bench: Bench) -> None:
        self._mode = settings["mode"]
        self._failed: set[str] = set()
        self._completed: set[str] = set()
        self._left_out: set[str] = set()

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "may_run":
            may = self._may(set(arguments["after"]))
            if not may:
                self._left_out.add(arguments["stage"])
            return may
        if operation == "summary":
            share = len(self._completed) / arguments["total"] if arguments["total"] else 0.0
            return {
                "failed": len(self._failed), "completed": len(self._completed), "share": share,
            }  # fmt: skip
        if arguments["stage"] not in self._left_out:
            {"failed": self._failed, "completed": self._completed}[operation].add(
                arguments["stage"]
            )
        return None

    def _may(self, after: set[str]) -> bool:
        if self._mode == "stop":
            return not self._failed
        return self._mode == "try_all" or not after & (self._failed | self._left_out)
