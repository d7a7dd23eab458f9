"""A runner that is a loop."""

import copy
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.runner import MODES


class Runner:
    """See `production_testers.units.runner`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._settings = settings
        self._bench = bench

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        simply = operation == "run_simply"
        answer: dict[str, Any] = {"ok": True, "cancelled": False, "stages": {}, "error": None}
        given = {
            "text": arguments["text"],
            "notes": arguments.get("notes"),
            "mode": arguments.get("mode", MODES[0]),
        }
        events = 0
        for number in range(self._settings["stages"]):
            events += 1
            if not await self._stage(
                f"stage {number}", copy.deepcopy(given), answer, simply=simply
            ):
                break
        answer["events"] = events if self._settings["keeps"] or simply else 0
        return answer

    async def _stage(self, label: str, given: Any, answer: dict[str, Any], *, simply: bool) -> bool:
        """Whether the next one may run."""
        try:
            gave: Any = await self._bench.work(label, given)
        except Exception as error:  # noqa: BLE001 - it is part of the answer
            answer |= {"ok": False, "error": str(error)}
            return False
        if gave["ends"] == "cancels":
            answer["cancelled"] = True
            return False
        if gave["ends"] == "refuses" or (
            gave["ends"] == "writes" and self._settings["checks"] and not simply
        ):
            answer |= {"ok": False, "error": f"{label} {gave['ends']}"}
            return False
        answer["stages"][label] = gave
        return True
