"""What the drivers cost beside a bare loop, in CPU time, paired and interleaved in one process.

Run from the repository's root: `python benchmarks/load/drivers.py`.
"""

import asyncio
import statistics
import time

from production_testers.load.arrivals import constant
from production_testers.load.histogram import Histogram
from production_testers.load.worker.closed_loop import SLICE_NS
from production_testers.load.worker.session import perform

CALLERS = 100
PART_S = 0.4
ROUNDS = 15
RATE = 20_000


async def trivial():
    return None


async def bare_switching(until):
    """The bare loop: 100 callers, each lets the others go on after every operation."""
    clock = time.perf_counter_ns
    done = 0

    async def caller():
        nonlocal done
        while clock() < until:
            for _ in range(64):
                await trivial()
                await asyncio.sleep(0)
            done += 64

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return done


async def bare_slices(until):
    """The strictest bare loop: nothing but the calls, and a switch as seldom as the driver's."""
    clock = time.perf_counter_ns
    done = 0

    async def caller():
        nonlocal done
        while clock() < until:
            for _ in range(SLICE_NS // 400):
                await trivial()
            done += SLICE_NS // 400
            await asyncio.sleep(0)

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return done


async def driver(until):
    """The closed loop, with sampling and folding as in a real load."""
    seconds = (until - time.perf_counter_ns()) / 1e9
    job = {"shape": None, "concurrency": CALLERS, "think_s": 0, "interval_s": 0.1}
    return await _performed(job, trivial, seconds)


async def _performed(job, operation, seconds):
    told = []
    job = {**job, "duration_s": seconds, "drain_s": 1}
    await perform(job, operation, time.perf_counter_ns(), told.append)
    return sum(Histogram.unpack(interval["service"]).total for interval in told)


async def switching(until):
    """The closed loop over an operation that lets the others go on, as the first bare loop does."""

    async def operation():
        await trivial()
        await asyncio.sleep(0)

    seconds = (until - time.perf_counter_ns()) / 1e9
    job = {"shape": None, "concurrency": CALLERS, "think_s": 0, "interval_s": 0.1}
    return await _performed(job, operation, seconds)


async def open_loop(until):
    """The open loop at 20,000 arrivals a second."""
    seconds = (until - time.perf_counter_ns()) / 1e9
    job = {
        "shape": constant(RATE).as_json(),
        "concurrency": None,
        "under_way_max": 10_000,
        "interval_s": 0.1,
        "worker": 0,
        "workers": 1,
    }
    return await _performed(job, trivial, seconds)


def us_per_operation(kind):
    used = time.process_time_ns()
    done = asyncio.run(kind(time.perf_counter_ns() + round(PART_S * 1e9)))
    return (time.process_time_ns() - used) / 1e3 / done


def main():
    kinds = (bare_switching, bare_slices, driver, switching, open_loop)
    rounds = [{kind.__name__: us_per_operation(kind) for kind in kinds} for _ in range(ROUNDS)]
    for kind in kinds:
        values = [one[kind.__name__] for one in rounds]
        print(
            f"{kind.__name__}: {statistics.median(values):.3f} µs ({min(values):.3f} to {max(values):.3f})"
        )
    for over, under in (
        ("driver", "bare_switching"),
        ("switching", "bare_switching"),
        ("driver", "bare_slices"),
    ):
        ratios = [one[over] / one[under] for one in rounds]
        print(
            f"{over} / {under}: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        )


if __name__ == "__main__":
    main()
