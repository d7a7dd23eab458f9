"""Stages that are taken away once all that they are behind is."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class Lint:
    """See `production_testers.units.lint`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, _settings: Mapping[str, Any], _bench: Bench) -> None:
        self._calls = 0

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        self._calls = 0
        after = {one["name"]: list(one["after"]) for one in arguments["stages"]}
        if operation == "command":
            return self._commanded(arguments, after)
        faulty, alone = self._faulty(after), self._alone(after)
        return {
            "valid": not faulty,
            "faulty": sorted(faulty),
            "alone": sorted(alone),
            "calls": self._calls,
        }

    def _commanded(self, arguments: Mapping[str, Any], after: Mapping[str, list[str]]) -> Json:
        if not arguments["there"]:
            return {"status": 1, "faulty": [], "alone": []}
        faulty, alone = self._faulty(after), self._alone(after)
        wrong = faulty or (arguments["strict"] and alone)
        return {"status": int(bool(wrong)), "faulty": sorted(faulty), "alone": sorted(alone)}

    def _alone(self, after: Mapping[str, list[str]]) -> set[str]:
        """Stages that have to do with no other, where there are others."""
        behind = {name for names in after.values() for name in names}
        idle = {name for name, names in after.items() if not names and name not in behind}
        return idle if len(after) > 1 else set()

    def _faulty(self, after: Mapping[str, list[str]]) -> set[str]:
        left = dict(after)
        while free := [name for name, behind in left.items() if not set(behind) & set(left)]:
            self._calls += len(free)
            for name in free:
                left.pop(name)
        loops = {name for name in left if self._comes_back(name, left)}
        return loops | {name for name, behind in after.items() if set(behind) - set(after)}

    def _comes_back(self, name: str, after: Mapping[str, list[str]]) -> bool:
        """Whether a stage is, in the end, behind itself."""
        seen: set[str] = set()
        open_ends = list(after[name])
        while open_ends:
            one = open_ends.pop()
            if one == name:
                return True
            if one not in seen:
                seen.add(one)
                self._calls += 1
                open_ends += after.get(one, ())
        return False
