"""An answer store that keeps text."""

import json
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class AnswerStore:
    """See `production_testers.units.answer_store`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, _settings: Mapping[str, Any], bench: Bench) -> None:
        self._bench = bench
        self._kept: dict[str, tuple[str, float | None]] = {}

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        key = arguments["key"]
        if operation == "forget":
            self._kept.pop(key, None)
            return None
        if operation == "put":
            keep = arguments["keep_s"]
            until = None if keep is None else self._bench.now_ms() + 1000 * keep
            self._kept[key] = json.dumps(arguments["value"]), until
            return None
        text, until = self._kept.get(key, ("null", None))
        if until is not None and until <= self._bench.now_ms():
            return None
        value: Json = json.loads(text)
        return value
