"""A guard that is a loop over its checks."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.guard_stage import CLEAN, LABEL


class GuardStage:
    """See `production_testers.units.guard_stage`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._settings = settings
        self._bench = bench

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        text, violations = arguments["text"], 0
        for number in range(self._settings["checks"]):
            given: Any = self._check(number, text)
            violations += self._counted(given["severities"])
            if self._settings["transforms"] and given["text"] is not None:
                text = given["text"]
        blocked = self._settings["blocks"] and violations > 0
        if violations and not blocked:
            self._audit(violations)
        return {
            "blocked": blocked, "passed": not violations, "violations": violations,
            "run": self._settings["checks"], "text": text,
        }  # fmt: skip

    def _check(self, number: int, text: str) -> Json:
        given: Any = self._bench.work_now(LABEL.format(number), text)
        return given if "severities" in given else CLEAN

    def _counted(self, severities: list[float]) -> int:
        return sum(severity >= self._settings["threshold"] for severity in severities)

    def _audit(self, violations: int) -> None:
        self._bench.emit("let_through", violations=violations)
