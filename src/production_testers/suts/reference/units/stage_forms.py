"""An object for every run, or one for all."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.stage_forms import WORK, setting_of


class _Stage:
    def __init__(self, place: int, setting: int) -> None:
        self.place, self.setting = place, setting
        self.seen = 0


class StageForms:
    """See `production_testers.units.stage_forms`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._settings = settings
        self._bench = bench
        self._objects = [self._made(place) for place in range(settings.get("stages", 1))]

    async def perform(self, _operation: str, _arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        told: list[Json] = []
        for place, kept in enumerate(self._objects):
            stage = kept if self._settings["form"] == "object" else self._made(place)
            stage.seen += 1
            told.append([stage.place, stage.setting, stage.seen])
            await self._bench.work(WORK)
        return told

    def _made(self, place: int) -> _Stage:
        return _Stage(place, setting_of(self._settings, place))
