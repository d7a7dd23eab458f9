"""An audio buffer that is a string of bytes."""

import base64
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class AudioBuffer:
    """See `production_testers.units.audio_buffer`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], _bench: Bench) -> None:
        self._frame: int = 2 * settings["channels"]
        self._rate: int = settings["rate"]
        self._most = self._frames(settings["max_ms"])
        self._held = b""
        self._counts = {"received": 0, "read": 0, "dropped": 0}

    def _frames(self, ms: float) -> int:
        return int(self._rate * ms / 1000) * self._frame

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "stats":
            return {**self._counts, "held": len(self._held)}
        if operation == "add":
            size = arguments["frames"] * self._frame
            return self._add(bytes((arguments["first"] + i) % 251 for i in range(size)))
        return base64.b64encode(self._read(self._frames(arguments["ms"]))).decode()

    def _add(self, chunk: bytes) -> int:
        dropped = max(0, len(self._held) + len(chunk) - self._most)
        self._held = (self._held + chunk)[dropped:]
        self._counts["received"] += len(chunk)
        self._counts["dropped"] += dropped
        return dropped

    def _read(self, size: int) -> bytes:
        found, self._held = self._held[:size], self._held[size:]
        self._counts["read"] += len(found)
        return found
