"""aiosqlite in a simulation: what it gives to a thread is done in steps of the loop.

aiosqlite has a thread for every connection, which takes functions out of a queue. A simulation has
one thread only, so both are replaced, as far as this process is simulating.
"""

import asyncio
import importlib.util
import sqlite3
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from queue import SimpleQueue
from threading import Thread
from typing import Any

from production_testers.simulation.patches import active


class LockedError(sqlite3.OperationalError):
    """Somebody else's transaction is under way; whoever asked may ask again for so many seconds."""

    def __init__(self, patience_s: float) -> None:
        super().__init__("database is locked")
        self.patience_s = patience_s
        self.tell: Callable[[], object] = int  # nobody is told


may_wait: ContextVar[str] = ContextVar("ptest_may_wait")
"""Who asks a statement again that meets a lock, while others go on; set where somebody does."""

AGAIN_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
"""After so many seconds it is asked again; the last of them counts from then on."""


class _Steps:
    """Stands for the queue between aiosqlite and its thread: a simulation has only one thread.

    What is put into it is done in later steps of the loop, one after the other.
    """

    def __init__(self) -> None:
        self._last: asyncio.Future[Any] | None = None

    def put_nowait(self, item: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        """Do something when everything before it is done."""
        future, function = item
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # somebody has forgotten it, and the loop is over
            function()
            return
        context, before = copy_context(), self._last
        context.run(may_wait.set, "aiosqlite")
        ends: list[float] = []
        done = self._last = loop.create_future()

        def begin(_before: Any = None) -> None:
            given = loop.run_in_executor(None, context.run, function)
            given.add_done_callback(finish)

        def finish(given: asyncio.Future[Any]) -> None:
            error = None if given.cancelled() else given.exception()
            if isinstance(error, LockedError):
                ends.append(loop.time())
                if loop.time() - ends[0] < error.patience_s:
                    loop.call_later(AGAIN_S[min(len(ends), len(AGAIN_S)) - 1], begin)
                    return
                error.tell()
            if future is not None and not future.done():
                if error is not None:
                    future.set_exception(error)
                else:
                    future.set_result(None if given.cancelled() else given.result())
            done.set_result(None)

        if before is None or before.done():
            begin()
        else:
            before.add_done_callback(begin)


class _NoThread:
    """Stands for aiosqlite's thread."""

    def start(self) -> None:
        """There is nothing to start."""

    def is_alive(self) -> bool:
        """It never ends, and keeps nobody waiting."""
        return False


def without_threads() -> None:
    """Have aiosqlite, where it is installed, work in steps of the loop that simulates."""
    if importlib.util.find_spec("aiosqlite") is None:
        return
    core: Any = importlib.import_module("aiosqlite.core")
    if hasattr(core, "_connection_worker_thread") and core.SimpleQueue is SimpleQueue:
        core.SimpleQueue = lambda: _Steps() if active() else SimpleQueue()
        core.Thread = lambda **named: _NoThread() if active() else Thread(**named)
