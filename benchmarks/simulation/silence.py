"""What must not happen: failures of correct programs, another order than asyncio's, growth.

    .venv/bin/python benchmarks/simulation/silence.py

Writes its section of docs/benchmarks.md.
"""

import gc
import resource

from corpora import CORRECT
from page import write_section

from production_testers.simulation import (
    Model,
    Schedule,
    SimulatedLoop,
    execute,
    explore,
    install,
    patches,
    simulate,
)
from simulation.test_feasible import Program, on_the_stock_loop

SCHEDULES = 1_000
PROGRAMS = 1_000
MANY = 100_000


def main() -> None:
    install()
    rows = [
        *correct(),
        ("generated programs whose visible order is stock asyncio's", *fifo()),
        *memory(),
    ]
    write_section(
        "Simulation: silence",
        "python benchmarks/simulation/silence.py",
        "50 correct programs (generators, groups, time-outs, cancellation, shields, queues, pools"
        f" and more), {SCHEDULES} schedules each and per model; {PROGRAMS} generated programs"
        f" against the stock loop's own code; one program {MANY:,} times in one process.",
        ("what", "measured", "aim"),
        rows,
    )


def correct():
    for model in Model:
        failing, schedules = [], 0
        for name, program in CORRECT.items():
            exploration = explore(program, schedules=SCHEDULES, seed=11, model=model)
            schedules += exploration.power.schedules
            if not exploration.ok:
                failing.append(name)
        told = ", ".join(failing) or "none"
        yield (f"correct programs that fail, {model} model, {schedules:,} schedules", told, "none")


def fifo():
    same = 0
    for number in range(PROGRAMS):
        program = Program(number, sleeps=number % 2 == 0)
        stock = on_the_stock_loop(Program(number, sleeps=number % 2 == 0).run)
        session = simulate(lambda _loop, p=program: p.run(), SimulatedLoop(1), seed=1)
        same += session.result == stock
    return f"{same:,} of {PROGRAMS:,}", "all"


def memory():
    program = CORRECT["worker_pool"]

    def times(count: int) -> tuple[int, int]:
        with patches.batch():
            for number in range(count):
                execute(program, Schedule(seed=number, order_seed=number))
        gc.collect()
        return len(gc.get_objects()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    times(1_000)
    objects, kilobytes = times(1_000)
    more_objects, more_kilobytes = times(MANY)
    yield (f"objects more after {MANY:,} schedules", more_objects - objects, "no growth")
    grown = more_kilobytes - kilobytes
    yield (f"KiB of peak memory more after {MANY:,} schedules", grown, "no growth")


if __name__ == "__main__":
    main()
