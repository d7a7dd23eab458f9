"""One load from its start to its end, inside the process that the target lives in."""

import asyncio
import contextlib
import gc
import time
from collections.abc import Callable
from typing import Any

from production_testers.load.arrivals import Shape
from production_testers.load.worker.closed_loop import ClosedLoop, Operation
from production_testers.load.worker.logs import LogCapture
from production_testers.load.worker.open_loop import Limit, OpenLoop
from production_testers.load.worker.recorder import Recorder
from production_testers.load.worker.sampling import Sampler

Emit = Callable[[dict[str, Any]], None]


async def perform(job: dict[str, Any], operation: Operation, start: int, emit: Emit) -> int:
    """Carry out a job; gives how many tasks the target left behind.

    Args:
        job: As `plan.Plan.job` writes it.
        operation: What is called.
        start: When to start, on the monotonic clock.
        emit: Told what was recorded, once an interval.
    """
    recorder = Recorder()
    fold: Callable[[], None] = getattr(operation, "fold", _nothing)
    take: Callable[[], dict[str, Any]] = getattr(operation, "take", dict)

    def beat() -> None:
        """Fold what was recorded since the last beat."""
        recorder.beat()
        fold()

    def sampled(resources: dict[str, Any]) -> None:
        """Send one interval to the supervisor."""
        told = {**recorder.take(), **take(), "logs": logged.take(), "resources": resources}
        emit(told)

    gc.collect()
    gc.freeze()  # what was there before the load, our own records among it, is not looked at again
    with LogCapture() as logged, Sampler(beat, sampled, job["interval_s"]) as sampler:
        await asyncio.sleep(max(0.0, (start - time.perf_counter_ns()) / 1e9))
        beating = asyncio.ensure_future(sampler.run(start))
        before = len(asyncio.all_tasks())
        await _drive(job, operation, recorder, start)
        left = len(asyncio.all_tasks()) - before
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        sampler.sample(time.perf_counter_ns())
    return left


def _nothing() -> None:
    """Most targets record nothing of their own."""


async def _drive(job: dict[str, Any], operation: Operation, recorder: Recorder, start: int) -> None:
    until = start + round(job["duration_s"] * 1e9)
    if job["shape"] is None:
        closed = ClosedLoop(operation, recorder, until_ns=until, think_s=job["think_s"])
        await closed.run(job["concurrency"], job["drain_s"])
        return
    moments = Shape.from_json(job["shape"]).arrivals(
        job["duration_s"], job["worker"], job["workers"]
    )
    limit = Limit(
        under_way=job["concurrency"] or job["under_way_max"], queues=bool(job["concurrency"])
    )
    opened = OpenLoop(
        operation, recorder, (start + moment for moment in moments), limit=limit, until_ns=until
    )
    await opened.run(job["drain_s"])
    await asyncio.sleep(max(0.0, (until - time.perf_counter_ns()) / 1e9))
