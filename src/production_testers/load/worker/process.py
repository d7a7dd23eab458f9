"""The worker's process: a job, `ready`, `start`, one `interval` after the other, `done`."""

import asyncio
import ctypes
import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Coroutine
from typing import Any, BinaryIO

from production_testers.experiments.worker import frames
from production_testers.load.worker.closed_loop import Operation
from production_testers.load.worker.session import perform
from production_testers.model.errors import PtestError, SutUnavailableError, UsageError

_PR_SET_PDEATHSIG = 1

TARGETS = {
    "callable": "production_testers.load.worker.callables:opened",
    "http": "production_testers.load.worker.http:opened",
    "pipeline": "production_testers.load.worker.pipelines:opened",
}
"""Kind of target → the context manager that gives its operation, and its further arguments."""


def main(orders_fd: int, answers_fd: int) -> None:
    """Do the one job that comes through the pipe."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    orders, answers = os.fdopen(orders_fd, "rb"), os.fdopen(answers_fd, "wb")
    job = frames.read(orders)
    if job is None:
        return
    for path in reversed(job["paths"]):
        sys.path.insert(0, path)
    try:
        _loop_runner(job)(_work(job, orders, answers))
    except UsageError as error:
        frames.write(answers, {"usage": [error.what, error.do]})
    except SutUnavailableError as error:
        frames.write(answers, {"unavailable": [error.what, error.do]})
    except PtestError as error:
        frames.write(answers, {"error": str(error), "traceback": ""})
    except BaseException as error:  # noqa: BLE001 - whatever happens is told, then the worker ends
        told = f"{type(error).__name__}: {error}"
        frames.write(answers, {"error": told, "traceback": traceback.format_exc()})


def _loop_runner(job: dict[str, Any]) -> Callable[[Coroutine[Any, Any, None]], None]:
    """The stock loop for targets in this process; uvloop, which costs less, for HTTP."""
    if job["target"]["kind"] == "http":
        import uvloop  # noqa: PLC0415 - beside a system under test there is none

        return uvloop.run
    return asyncio.run


async def _work(job: dict[str, Any], orders: BinaryIO, answers: BinaryIO) -> None:
    target = dict(job["target"])
    module, _, name = TARGETS[target.pop("kind")].partition(":")
    opened = getattr(importlib.import_module(module), name)
    async with opened(**target, timeout_s=job["timeout_s"]) as operation:
        await _load(job, operation, orders, answers)


async def _load(
    job: dict[str, Any], operation: Operation, orders: BinaryIO, answers: BinaryIO
) -> None:
    frames.write(answers, {"ready": os.getpid()})
    start = _started(orders, answers)
    left = await perform(
        job, operation, start, lambda interval: frames.write(answers, {"interval": interval})
    )
    frames.write(answers, {"done": {"tasks_left": left}})


def _started(orders: BinaryIO, answers: BinaryIO) -> int:
    """The moment at which to start; the parent first compares clocks."""
    while (order := frames.read(orders)) is not None:
        if "clock" in order:
            frames.write(answers, {"clock": time.perf_counter_ns()})
        else:
            moment: int = order["start"]
            return moment
    sys.exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
