"""The difference of two documents by their canonical text."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from production_testers.model.canonical import Json, digest
from production_testers.suts.contract import Bench


class Delta:
    """See `production_testers.units.delta`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, _settings: Mapping[str, Any], _bench: Bench) -> None:
        """There is nothing to keep."""

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        base, current = deepcopy(arguments["base"]), arguments["current"]
        changed = {
            name: value for name, value in current.items() if self._differs(name, base, value)
        }
        gone = [name for name in base if name not in current]
        made = self._applied(base, changed, gone)
        return {"made": made, "base": base, "names": [*changed, *gone]}

    def _differs(self, name: str, base: Mapping[str, Any], value: Any) -> bool:
        return name not in base or digest(base[name]) != digest(value)

    def _applied(self, base: Any, changed: Mapping[str, Any], gone: list[str]) -> dict[str, Any]:
        return {name: value for name, value in {**base, **changed}.items() if name not in gone}
