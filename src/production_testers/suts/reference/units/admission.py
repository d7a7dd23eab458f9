"""Admission with a semaphore and two counts."""

import asyncio
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class TurnedAwayError(Exception):
    """There is too much to do."""


class Admission:
    """See `production_testers.units.admission`."""

    errors: Mapping[type[BaseException], str] = {TurnedAwayError: "turned-away"}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self.settings = settings
        self.bench = bench
        self.room = asyncio.Semaphore(settings["most"])
        self.active = self.waiting = 0

    async def perform(self, operation: str, _arguments: Mapping[str, Json]) -> Json:
        """Do one operation."""
        if operation == "ask":
            return {"active": self.active, "waiting": self.waiting, "too_much": self.too_much()}
        if self.settings["sheds"] and self.too_much():
            raise TurnedAwayError
        self.waiting += 1
        try:
            await self.room.acquire()
        finally:
            self.waiting -= 1
        self.active += 1
        try:
            return await self.bench.work("work")
        finally:
            self.active -= 1
            self.room.release()

    def too_much(self) -> bool:
        """Whether a mark is reached."""
        settings = self.settings
        share = self.active / settings["most"]
        return bool(share >= settings["high_share"] or self.waiting >= settings["queue"])
