"""What the worker's process does meanwhile: CPU, memory, threads, files, tasks, GC, loop lag."""

import asyncio
import gc
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from production_testers.load.histogram import Histogram

BEAT_S = 0.02
"""How often the heartbeat asks the loop for its turn."""

PAUSE_NS = 1_000_000
"""Pauses from this long on are kept one by one."""

_KEPT_MAX = 200


class Pauses:
    """Stretches of time in which nothing else could go on."""

    def __init__(self) -> None:
        self.histogram = Histogram()
        self.long: list[tuple[int, int]] = []

    def add(self, start: int, end: int) -> None:
        """Note one."""
        self.histogram.record(end - start)
        if end - start >= PAUSE_NS and len(self.long) < _KEPT_MAX:
            self.long.append((start, end))

    def take(self) -> dict[str, Any]:
        """What was noted since the last call."""
        taken = {"histogram": self.histogram.pack(), "long": self.long}
        self.histogram, self.long = Histogram(), []
        return taken


class Sampler:
    """Beats while the load runs, folds the record, and samples the process once an interval.

    Args:
        fold: Called with every beat.
        emit: Called with the resources once an interval.
        interval_s: Seconds from one sample to the next.
    """

    def __init__(
        self, fold: Callable[[], None], emit: Callable[[dict[str, Any]], None], interval_s: float
    ) -> None:
        self._fold = fold
        self._emit = emit
        self._interval_ns = round(interval_s * 1e9)
        self._lag, self._collections = Pauses(), Pauses()
        self._collecting = 0
        self._began = 0

    def __enter__(self) -> Self:
        gc.callbacks.append(self._collection)
        return self

    def __exit__(self, *_exc: object) -> None:
        gc.callbacks.remove(self._collection)

    async def run(self, start_ns: int) -> None:
        """Beat until cancelled; the first interval begins at `start_ns`."""
        self._began = start_ns
        self._used, self._waited = resource.getrusage(resource.RUSAGE_SELF), waited_ns()
        beat_ns = round(BEAT_S * 1e9)
        expected = start_ns + beat_ns
        while True:
            await asyncio.sleep(max(0.0, (expected - time.perf_counter_ns()) / 1e9))
            now = time.perf_counter_ns()
            self._lag.add(expected, max(now, expected))
            self._fold()
            if now - self._began >= self._interval_ns:
                self.sample(now)
            expected = time.perf_counter_ns() + beat_ns

    def sample(self, now: int) -> None:
        """End the interval under way."""
        usage, before = resource.getrusage(resource.RUSAGE_SELF), self._used
        waited, waited_before = waited_ns(), self._waited
        self._used, self._waited = usage, waited
        self._emit(
            {
                "from_ns": self._began,
                "to_ns": now,
                "cpu_user_s": usage.ru_utime - before.ru_utime,
                "cpu_system_s": usage.ru_stime - before.ru_stime,
                "waited_s": (waited - waited_before) / 1e9,
                "rss_kb": resident_kb(),
                "threads": _entries("/proc/self/task"),
                "file_descriptors": _entries("/proc/self/fd") - 1,
                "tasks": len(asyncio.all_tasks()),
                "gc": self._collections.take(),
                "lag": self._lag.take(),
            }
        )
        self._began = now

    def _collection(self, phase: str, _about: dict[str, int]) -> None:
        if phase == "start":
            self._collecting = time.perf_counter_ns()
        else:
            self._collections.add(self._collecting, time.perf_counter_ns())


def waited_ns() -> int:
    """How long this process could have run, and waited for a core that others had; 0 if unknown."""
    try:
        told = Path("/proc/self/schedstat").read_text(encoding="ascii").split()
    except OSError:  # not every kernel tells
        return 0
    return int(told[1])


def resident_kb() -> int:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1024


def _entries(folder: str) -> int:
    return len(os.listdir(folder))  # noqa: PTH208 - half the time, and it runs during the load
