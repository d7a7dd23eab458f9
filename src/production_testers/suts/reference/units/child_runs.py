"""Child runs, known by name and level."""

import asyncio
import itertools
from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class TooDeepError(Exception):
    """There are as many runs inside each other as there may be."""


class ChildRuns:
    """See `production_testers.units.child_runs`."""

    errors: Mapping[type[BaseException], str] = {TooDeepError: "too-deep"}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self.deepest = settings["deepest"]
        self.bench = bench
        self.busy: dict[str, list[str]] = {}
        self.marked: set[str] = set()
        self.names = itertools.count(1)

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "left":
            return sum(map(len, self.busy.values()))
        if operation == "cancel":
            children = list(self.busy.get(arguments["of"], ()))
            self.mark(children)
            return {"missed": len(set(children) - self.marked)}
        data = {"owner": arguments["run"]}
        seen: list[str] = []
        async with asyncio.TaskGroup() as group:
            beside = [
                group.create_task(self.child(1, arguments, data, seen))
                for _ in range(arguments["beside"])
            ]
        return {"well": all(one.result() for one in beside), "owner": seen[0], "data": data}

    def mark(self, children: list[str]) -> None:
        """As cancelled."""
        self.marked |= set(children)

    async def child(
        self, level: int, arguments: Mapping[str, Any], parents: dict[str, str], seen: list[str]
    ) -> bool:
        """One child and those below it; whether it went well."""
        if level > self.deepest:
            raise TooDeepError
        run = arguments["run"]
        name = f"{run}/{next(self.names)}/{level}"
        self.busy.setdefault(run, []).append(name)
        self.bench.emit("spawned", child=name)
        ended = "failed"
        try:
            data = dict(parents)
            seen.append(data["owner"])
            if arguments["writes"]:
                data["owner"] = name
            await self.bench.work(f"child {level}")
            if level < arguments["levels"] and not await self.child(
                level + 1, arguments, data, seen
            ):
                return False
            ended = "completed"
        except asyncio.CancelledError:
            ended = "cancelled"
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the child has failed
            return False
        finally:
            self.bench.emit(ended, child=name)
            self.busy[run].remove(name)
        return True
