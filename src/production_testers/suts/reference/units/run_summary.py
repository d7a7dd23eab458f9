"""Stages that are executed by hand, each in a frame that tells how it ended."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class RefusedError(Exception):
    """A stage said that it failed."""


class RunSummary:
    """See `production_testers.units.run_summary`."""

    errors: Mapping[type[BaseException], str] = {RefusedError: "failed"}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._settings = settings
        self._bench = bench

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        told: dict[str, str] = {}
        begun, status = self._bench.now_ms(), "failed"
        try:
            await self._stages(arguments["run"], told)
            status = "ok"
        except asyncio.CancelledError:
            status = "cancelled"
            raise
        finally:
            self._summary(arguments["run"], told, status, begun)
        return None

    def _summary(self, run: str, told: dict[str, str], status: str, begun: float) -> None:
        """Tell of a run."""
        self._bench.emit(
            "run summary", of=run, status=status, ms=self._bench.now_ms() - begun,
            stages={**told}, counts={**Counter(told.values())},
        )  # fmt: skip

    async def _stages(self, run: str, told: dict[str, str]) -> None:
        stages = [self._stage(run, f"stage {n}", told) for n in range(self._settings["stages"])]
        if self._settings["shape"] == "chain":
            for one, later in enumerate(stages):
                try:
                    await later
                except BaseException:
                    for never in stages[one + 1 :]:
                        never.close()
                    raise
            return
        tasks = [asyncio.create_task(one) for one in stages]
        try:
            for done in asyncio.as_completed(tasks):
                await done
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _stage(self, run: str, label: str, told: dict[str, str]) -> None:
        begun, status = self._bench.now_ms(), "failed"
        try:
            given: Any = await self._bench.work(label)
            if given["refuses"]:
                raise RefusedError(label)
            status = "ok"
        except asyncio.CancelledError:
            status = ""
            raise
        finally:
            if status:
                told[label] = status
                took = self._bench.now_ms() - begun
                self._bench.emit("stage summary", of=run, label=label, status=status, ms=took)
