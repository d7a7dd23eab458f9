"""An object for every run, or one for all."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.stage_forms import WORK


class _Stage:
    def __init__(self, setting: Json) -> None:
        self.setting = setting
        self.seen = 0


class StageForms:
    """See `production_testers.units.stage_forms`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._settings = settings
        self._bench = bench
        self._object = self._made()

    async def perform(self, _operation: str, _arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        stage = self._object if self._settings["form"] == "object" else self._made()
        stage.seen += 1
        seen = stage.seen
        await self._bench.work(WORK)
        return {"setting": stage.setting, "seen": seen}

    def _made(self) -> _Stage:
        return _Stage(self._settings["setting"])
