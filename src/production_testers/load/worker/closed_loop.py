"""Closed loop: each caller starts its next operation when its last one has ended."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from production_testers.load.worker.recorder import Recorder

Operation = Callable[[], Awaitable[object]]

SLICE_NS = 20_000
"""A caller lets the others go on after this long, also where its operations never wait."""


class ClosedLoop:
    """Callers at work.

    Args:
        operation: What is called.
        recorder: Where it is recorded.
        until_ns: No operation is started from this moment on.
        think_s: Seconds between the end of an operation and its caller's next one.
    """

    def __init__(
        self, operation: Operation, recorder: Recorder, *, until_ns: int, think_s: float = 0.0
    ) -> None:
        self._operation = operation
        self._recorder = recorder
        self._until = until_ns
        self._think_s = think_s
        self._under_way = 0
        self._turn = object()
        self._stopped = False

    async def run(self, concurrency: int, drain_s: float) -> None:
        """Let the callers work, and wait for their last operations at most `drain_s`."""
        self._recorder.under_way = lambda: self._under_way
        kind = self._thinking if self._think_s else self._busy
        tasks = [asyncio.ensure_future(kind()) for _ in range(concurrency)]
        left_s = max(0.0, (self._until - time.perf_counter_ns()) / 1e9)
        _, pending = await asyncio.wait(tasks, timeout=left_s + drain_s)
        self._stopped = True
        for task in pending:
            task.cancel()
        await asyncio.gather(*tasks)

    async def _busy(self) -> None:
        """Without think time one reading of the clock ends an operation and starts the next."""
        operation, recorder, until = self._operation, self._recorder, self._until
        add_start, add_latency = recorder.starts.append, recorder.service.append
        clock = time.perf_counter_ns
        self._under_way += 1
        self._turn = turn = object()
        start = clock()
        slice_end = start + SLICE_NS
        while start < until:
            try:
                await operation()
            except BaseException as error:  # noqa: BLE001 - the target's errors are data
                end = clock()
                self._ended_badly(error, start, end)
            else:
                end = clock()
                add_start(start)
                add_latency(end - start)
            start = end
            if end >= slice_end:
                if self._turn is turn:  # nobody else had a turn: this operation did not wait
                    await asyncio.sleep(0)
                    start = clock()
                if self._stopped:
                    break
                self._turn = turn = object()
                slice_end = start + SLICE_NS
        self._under_way -= 1

    async def _thinking(self) -> None:
        recorder, until = self._recorder, self._until
        clock = time.perf_counter_ns
        start = clock()
        while start < until and not self._stopped:
            self._under_way += 1
            try:
                await self._operation()
            except BaseException as error:  # noqa: BLE001 - the target's errors are data
                self._ended_badly(error, start, clock())
            else:
                recorder.service.append(clock() - start)
                recorder.starts.append(start)
            self._under_way -= 1
            await asyncio.sleep(min(self._think_s, max(0.0, (until - clock()) / 1e9)))
            start = clock()

    def _ended_badly(self, error: BaseException, start: int, end: int) -> None:
        if isinstance(error, asyncio.CancelledError) and self._stopped:
            self._recorder.not_ended(start, start, end)
        elif isinstance(error, Exception | asyncio.CancelledError):
            self._recorder.failed(error, start, end)
        else:
            raise error
