"""What the drivers cost beside a bare loop, in CPU time, paired and interleaved in one process.

Run from the repository's root: `python benchmarks/load/drivers.py`.
"""

import asyncio
import statistics
import sys
import time
from pathlib import Path

from production_testers.load.arrivals import constant
from production_testers.load.histogram import Histogram
from production_testers.load.worker.closed_loop import SLICE_NS
from production_testers.load.worker.session import perform

sys.path.insert(0, str(Path(__file__).parents[1]))
from page import write_section

CALLERS = 100
PART_S = 0.5
ROUNDS = 21
RATE = 20_000
CLOSED = {"shape": None, "concurrency": CALLERS, "think_s": 0, "interval_s": 0.1}
OPEN = {
    "shape": constant(RATE).as_json(),
    "concurrency": None,
    "under_way_max": 10_000,
    "interval_s": 0.1,
    "worker": 0,
    "workers": 1,
}


async def trivial():
    return None


async def switching():
    """Lets the others go on, as the first bare loop does between two operations."""
    await asyncio.sleep(0)


async def bare(until, calls, between):
    """The bare loop: 100 callers; `between` lets the others go on after so many calls."""
    clock = time.perf_counter_ns
    done = 0

    async def caller():
        nonlocal done
        while clock() < until:
            for _ in range(calls):
                await trivial()
            done += calls
            await between()

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return done


async def load(until, job, operation):
    """The driver with sampling, folding and snapshots, as in a worker."""
    told = []
    now = time.perf_counter_ns()
    job = {**job, "duration_s": (until - now) / 1e9, "drain_s": 1}
    await perform(job, operation, now, told.append)
    return sum(Histogram.unpack(interval["service"]).total for interval in told)


KINDS = {
    "bare": lambda until: bare(until, 1, switching),
    "bare_slices": lambda until: bare(until, SLICE_NS // 400, switching),
    "driver": lambda until: load(until, CLOSED, trivial),
    "driver_switching": lambda until: load(until, CLOSED, switching),
    "open": lambda until: load(until, OPEN, trivial),
}


def us_per_operation(kind):
    used = time.process_time_ns()
    done = asyncio.run(KINDS[kind](time.perf_counter_ns() + round(PART_S * 1e9)))
    return (time.process_time_ns() - used) / 1e3 / done


def told(values, digits=2):
    median = statistics.median(values)
    return f"{median:.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def main():
    rounds = [{kind: us_per_operation(kind) for kind in KINDS} for _ in range(ROUNDS)]

    def cost(kind):
        return told([one[kind] for one in rounds])

    def ratio(over, under):
        return told([one[over] / one[under] for one in rounds])

    write_section(
        "Load: what the drivers cost",
        "python benchmarks/load/drivers.py",
        f"CPU µs per operation, median (minimum to maximum) of {ROUNDS} rounds; every round"
        " measures all rows in one process, one after the other, so that the ratios are paired."
        f" The target is an `async def` that returns, concurrency {CALLERS}. The bare loop lets"
        " the other callers go on after every operation: nothing else makes 100 of them overlap."
        " The strictest one does nothing but call, and lets them go on as seldom as the driver."
        " Recorded are start, latency and outcome of every operation, folded, sampled and handed on"
        " while the load runs.",
        ("what", "CPU µs", "ratio to the bare loop", "ratio to the strictest one", "aim"),
        [
            ("bare loop, a switch after every operation", cost("bare"), "1", "", ""),
            ("strictest bare loop, no switch within 20 µs", cost("bare_slices"), "", "1", ""),
            (
                "closed loop",
                cost("driver"),
                ratio("driver", "bare"),
                ratio("driver", "bare_slices"),
                "1.2 (prototype 1.14, Locust 5.3, molotov 9.1)",
            ),
            (
                "closed loop, the target itself lets others go on",
                cost("driver_switching"),
                ratio("driver_switching", "bare"),
                "",
                "1.2",
            ),
            (f"open loop, {RATE:,} arrivals a second", cost("open"), "", "", "20 µs, aim 15"),
        ],
    )


if __name__ == "__main__":
    main()
