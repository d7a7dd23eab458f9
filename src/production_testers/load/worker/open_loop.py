"""Open loop: operations start when they are meant to, whatever the earlier ones do.

Every operation is a task of its own, as a server's would be; but for one that offers to `begin`
without, because nothing of the user's runs in it. Its latency counts from the intended
start, so time that the target, or the driver, made it wait is part of it; how late operations
were sent is recorded apart.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from production_testers.load.worker.alarm import Alarm
from production_testers.load.worker.closed_loop import Operation
from production_testers.load.worker.recorder import Recorder

GRAIN_NS = 500_000
"""The driver wakes at most this often; arrivals nearer to each other are sent together."""

AT_ONCE = 500
"""After this many arrivals that were due, the operations under way go on first."""


class Handle(Protocol):
    """An operation under way."""

    def cancel(self) -> object:
        """Wait for it no longer."""


Begin = Callable[[Callable[[BaseException | None], None]], Handle | None]
"""Starts an operation without a task, and tells how it ended; None where it needs one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What happens to arrivals while many operations are under way.

    Attributes:
        under_way: Operations under way at most.
        queues: Arrivals above that wait for their turn; otherwise they are dropped.
    """

    under_way: int
    queues: bool


class OpenLoop:
    """Sends operations at the moments of a shape.

    Args:
        operation: What is called.
        recorder: Where it is recorded.
        arrivals: Ascending moments of the monotonic clock.
        limit: What happens to arrivals while many operations are under way.
        until_ns: When the load ends; arrivals that still wait then are never sent.
    """

    def __init__(
        self,
        operation: Operation,
        recorder: Recorder,
        arrivals: Iterator[int],
        *,
        limit: Limit,
        until_ns: int,
    ) -> None:
        self._operation = operation
        self._recorder = recorder
        self._arrivals = arrivals
        self._limit = limit
        self._until = until_ns
        self._next = next(arrivals, None)
        self._number = 0
        self._begin: Begin | None = getattr(operation, "begin", None)
        self._under_way: dict[int, tuple[int, Handle]] = {}
        self._waiting = self._stopped = False
        self._done = asyncio.Event()

    async def run(self, drain_s: float) -> None:
        """Send everything, and wait for what is under way at most `drain_s`."""
        self._loop = asyncio.get_running_loop()
        self._recorder.under_way = self._under_way.__len__
        self._alarm = Alarm(self._send_due)
        self._send_due()
        await self._wait(max(0.0, (self._until - time.perf_counter_ns()) / 1e9))
        self._waiting = False
        self._alarm.close()
        first, self._next = self._next, None
        await self._wait(drain_s)
        self._stopped = True
        handles = [handle for _, handle in self._under_way.values()]
        for handle in handles:
            handle.cancel()
        tasks = [one for one in handles if isinstance(one, asyncio.Task)]
        await asyncio.gather(*tasks, return_exceptions=True)
        for intended, _ in self._under_way.values():  # cancelled before their first step
            now = time.perf_counter_ns()
            self._recorder.not_ended(intended, now, now)
        if first is not None:  # there may be millions; nothing is measured any more
            self._recorder.never_sent([first, *self._arrivals], self._until)

    async def _wait(self, seconds: float) -> None:
        """Until everything was sent and has ended, or the time is over."""
        if self._next is None and not self._under_way:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._done.wait()

    def _send_due(self) -> None:
        due = self._next
        if due is None:
            return
        now = time.perf_counter_ns()
        create, under_way, arrivals = self._loop.create_task, self._under_way, self._arrivals
        most, last = self._limit.under_way, self._number + AT_ONCE
        while due is not None and due <= now and self._number < last:
            if len(under_way) < most:
                self._number += 1
                begun = None if self._begin is None else self._begun(self._number, due)
                if begun is None:
                    begun = create(self._one(self._number, due))
                under_way[self._number] = (due, begun)
            elif self._limit.queues:
                self._waiting = True
                break
            else:
                self._recorder.dropped += 1
            due = next(arrivals, None)
        self._next = due
        if due is not None and not self._waiting:
            self._alarm.set(max(due, now + GRAIN_NS))

    def _begun(self, number: int, intended: int) -> "Handle | None":
        assert self._begin is not None, "it has just been asked"
        sent = time.perf_counter_ns()
        return self._begin(lambda error: self._ended(number, intended, sent, error))

    def _ended(self, number: int, intended: int, sent: int, error: BaseException | None) -> None:
        if error is not None:
            self._ended_badly(error, intended, sent)
        else:
            recorder = self._recorder
            recorder.starts.append(sent)
            recorder.service.append(time.perf_counter_ns() - sent)
            recorder.late.append(sent - intended)
        self._left(number)

    async def _one(self, number: int, intended: int) -> None:
        clock = time.perf_counter_ns
        sent = clock()
        try:
            await self._operation()
        except BaseException as error:  # noqa: BLE001 - the target's errors are data
            self._ended_badly(error, intended, sent)
        else:
            end = clock()
            recorder = self._recorder
            recorder.starts.append(sent)
            recorder.service.append(end - sent)
            recorder.late.append(sent - intended)
        self._left(number)

    def _left(self, number: int) -> None:
        del self._under_way[number]
        if self._waiting:
            self._waiting = False
            self._send_due()
        if self._next is None and not self._under_way:
            self._done.set()

    def _ended_badly(self, error: BaseException, intended: int, sent: int) -> None:
        end = time.perf_counter_ns()
        if isinstance(error, asyncio.CancelledError) and self._stopped:
            self._recorder.not_ended(intended, sent, end)
        elif isinstance(error, Exception | asyncio.CancelledError):
            self._recorder.failed(error, intended, end)
        else:
            raise error
