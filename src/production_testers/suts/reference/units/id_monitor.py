"""A monitor that looks through all it remembers."""

from collections import deque
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class IdMonitor:
    """See `production_testers.units.id_monitor`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._window_ms = settings["window_ms"]
        self._uses: deque[tuple[float, str]] = deque(maxlen=settings["capacity"])
        self._bench = bench

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        now_ms, own = self._bench.now_ms(), arguments["id"]
        known = self._is_known(now_ms, own)
        self._uses.append((now_ms, own))
        self._tell(own, known)
        return known

    def _is_known(self, now_ms: float, own: str) -> bool:
        return any(one == own and now_ms - at < self._window_ms for at, one in self._uses)

    def _tell(self, own: str, known: bool) -> None:  # noqa: FBT001 - the fact itself
        self._bench.emit("told", id=own, known=known)
