"""A cancel token that is a flag and a list."""

import contextlib
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class CancelToken:
    """See `production_testers.units.cancel_signal`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, _settings: Mapping[str, Any], bench: Bench) -> None:
        self.bench = bench
        self.reasons: list[str] = []
        self.listeners: list[str] = []

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "ask":
            return {
                "cancelled": bool(self.reasons),
                "reason": self.reasons[0] if self.reasons else None,
            }
        if operation == "listen":
            if self.reasons:
                self.bench.work_now(f"listener {arguments['name']}")
            else:
                self.listeners.append(arguments["name"])
            return None
        self.reasons.append(arguments["reason"])
        told, self.listeners = self.listeners, []
        for name in told:
            self.tell(name)
        return None

    def tell(self, name: str) -> None:
        """Call one; its errors do not keep the others from being told."""
        with contextlib.suppress(Exception):
            self.bench.work_now(f"listener {name}")
