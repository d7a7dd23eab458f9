"""A trace context in one context variable."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench

NOTHING: Mapping[str, Json] = {"trace": None, "span": None, "correlation": None}

CURRENT: ContextVar[Mapping[str, Json]] = ContextVar("current_trace", default=NOTHING)


class TraceContext:
    """See `production_testers.units.trace_context`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, _settings: Mapping[str, Any], bench: Bench) -> None:
        self._bench = bench

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "carry":
            more = {name: arguments[name] for name in ("baggage", "about")}
            return self._read(self._written({**arguments["ids"], **more}))
        if arguments.get("outer") is None:
            return await self._observed(arguments["ids"])
        with self._active(arguments["outer"]):
            return await self._observed(arguments["ids"])

    async def _observed(self, ids: Mapping[str, Json]) -> Json:
        seen: dict[str, Json] = {"before": dict(CURRENT.get())}
        with suppress(RuntimeError), self._active(ids):
            task = asyncio.create_task(self._elsewhere())
            seen["inside"] = dict(CURRENT.get())
            seen["task"] = await task
            await self._bench.work("inside")
        seen["after"] = dict(CURRENT.get())
        return seen

    async def _elsewhere(self) -> Json:
        return dict(CURRENT.get())

    @contextmanager
    def _active(self, ids: Mapping[str, Json]) -> Iterator[None]:
        token = CURRENT.set(ids)
        try:
            yield
        finally:
            CURRENT.reset(token)

    def _written(self, context: Mapping[str, Json]) -> dict[str, Json]:
        return dict(context)

    def _read(self, headers: Mapping[str, Json]) -> Json:
        return dict(headers)
