"""One life of a small application: a process that takes its accepted items through the pipeline.

What is durable is a file of SQLite: which items were accepted, which are done, and what the last
stage has effected, by the item's key. A process that dies leaves it behind, and the next life goes
on with what is not done. That is what an application has to bring along where a framework keeps
nothing itself.
"""

import asyncio
import importlib
import signal
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from production_testers.experiments import imports
from production_testers.experiments.factors import Factors
from production_testers.experiments.five.ground import Ground
from production_testers.experiments.instruments import Instruments
from production_testers.experiments.recorder import Recorder
from production_testers.model.pipeline import Outcome, PipelineSpec, StageSpec, Status
from production_testers.model.scenario import Kind, RunRequest
from production_testers.suts.contract import Adapter, StageCall

LIFE_S_MAX = 600
"""A process that lives longer is ended by the kernel: nobody is left to wait for it."""

_TABLES = """
CREATE TABLE items (key TEXT PRIMARY KEY, done_in INTEGER);
CREATE TABLE executed (key TEXT NOT NULL, life INTEGER NOT NULL);
CREATE TABLE effects (key TEXT PRIMARY KEY);
"""


class PlannedFailureError(Exception):
    """The application fails because the experiment says so."""


def accept(path: Path, items: int) -> None:
    """Make the file, with items that are accepted and not done."""
    with closing(opened(path)) as store, store:
        store.executescript(_TABLES)
        store.executemany("INSERT INTO items VALUES (?, NULL)", [(f"r{i}",) for i in range(items)])


def opened(path: Path) -> sqlite3.Connection:
    """The file, as several processes may use it at a time."""
    store = sqlite3.connect(path, timeout=10.0, isolation_level=None)
    store.execute("PRAGMA journal_mode=WAL")
    return store


def live(arguments: Mapping[str, Any]) -> None:
    """Go on until everything is done; the process's own main function.

    Args:
        arguments: paths, adapter (import path of its class), store, seed, items, life,
            concurrency, fail_at (how many done items end this life by an exception; 0 for never),
        hold_at (from how many done items on everything that is under way waits to be ended from
        outside, so that it is in the middle of its work then, however slow the machine is).
    """
    signal.alarm(LIFE_S_MAX)
    for path in reversed(arguments["paths"]):
        sys.path.insert(0, path)
    adapter: Adapter = imports.load(arguments["adapter"])()
    ground = Ground(
        adapter=adapter,
        sut=adapter.describe(),
        baseline=importlib.import_module("pipelines.baseline"),
        seed=arguments["seed"],
    )
    with suppress(asyncio.CancelledError):  # asked to stop: what is not done stays not done
        asyncio.run(_Life(ground, arguments).go())


class _Life:
    def __init__(self, ground: Ground, arguments: Mapping[str, Any]) -> None:
        self.ground = ground
        self.pipeline: PipelineSpec = ground.pipeline
        self.last = self.pipeline.topological_order()[-1]
        self.store = opened(Path(arguments["store"]))
        self.number: int = arguments["life"]
        self.callers: int = arguments["concurrency"]
        self.fail_at: int = arguments["fail_at"]
        self.hold_at: int = arguments["hold_at"]
        self.holds = asyncio.Event()
        self.requests = ground.requests(arguments["items"], "recovery")
        self.instruments: Instruments | None = None

    async def go(self) -> None:
        """Take every item that is not done through the pipeline."""
        task = asyncio.current_task()
        assert task is not None, "a coroutine of a loop"
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
        recorder = Recorder(loop.time)
        recorder.close()
        scenario = self.ground.scenario(Kind.RECOVERY, self.requests)
        self.instruments = Instruments(scenario, recorder, Factors(seed=0, fixed={"*": 1.0}))
        built = self.ground.adapter.build(self.pipeline, self.body)
        rows = self.store.execute("SELECT key FROM items WHERE done_in IS NULL").fetchall()
        left = {key for (key,) in rows}
        waiting = iter([request for request in self.requests if request.key in left])
        async with asyncio.TaskGroup() as group:
            for _ in range(self.callers):
                group.create_task(self._caller(built, waiting))

    async def _caller(self, built: Any, waiting: Any) -> None:
        for request in waiting:
            await self._handle(built, request)

    async def _handle(self, built: Any, request: RunRequest) -> None:
        result = await self.ground.adapter.run(built, self.pipeline, request)
        if result.ended != "completed":
            return
        self.store.execute("UPDATE items SET done_in = ? WHERE key = ?", (self.number, request.key))
        count = "SELECT count(*) FROM items WHERE done_in IS NOT NULL"
        (done,) = self.store.execute(count).fetchone()
        if self.fail_at and done >= self.fail_at:
            raise PlannedFailureError
        if self.hold_at and done >= self.hold_at:
            self.holds.set()

    async def body(self, spec: StageSpec, call: StageCall) -> Outcome | None:
        """A stage as it is; the last one has an effect, once for each key."""
        assert self.instruments is not None, "made before the pipeline"
        if spec.name != self.last:
            await self._hold()
        outcome = await self.instruments.body(spec, call)
        if spec.name == self.last and (outcome is None or outcome.status is Status.OK):
            key = str(call.input.get("run"))
            with self.store:
                self.store.execute("BEGIN")
                self.store.execute("INSERT INTO executed VALUES (?, ?)", (key, self.number))
                self.store.execute("INSERT OR IGNORE INTO effects VALUES (?)", (key,))
            await self._hold()  # done, and nobody was told
        return outcome

    async def _hold(self) -> None:
        if self.holds.is_set():
            await asyncio.Event().wait()
