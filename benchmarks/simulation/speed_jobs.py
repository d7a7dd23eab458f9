"""What the speed benchmark measures, inside the worker: the same executions simulated and real."""

import asyncio
import time
from dataclasses import replace
from random import Random

from production_testers.experiments.execution import factors_for
from production_testers.experiments.instruments import Instruments
from production_testers.experiments.judging import run_and_judge
from production_testers.experiments.recorder import Recorder
from production_testers.experiments.workloads import chain, fan_out, requests
from production_testers.model.scenario import Kind, Latencies, Scenario
from production_testers.simulation import (
    ExploringLoop,
    Schedule,
    SimulatedLoop,
    execute,
    patches,
    simulate,
)

SHAPES = {
    "5-stage chain": lambda: (chain(5), 1),
    "fan-out of 10": lambda: (fan_out(10), 1),
    "20 runs of one 5-stage graph": lambda: (chain(5), 20),
}


def scenario_of(shape: str) -> Scenario:
    """The shape with 10 ms of work in every stage."""
    pipeline, runs = SHAPES[shape]()
    stages = tuple(replace(stage, params={"work_ms": 10}) for stage in pipeline.stages)
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=replace(pipeline, stages=stages),
        requests=requests(Random(0), runs),
        latencies=Latencies(seed=1, high=2.0),
    )


BLOCKS = 10
"""The two sides take turns so often in a round: a machine's pace drifts."""

AT_ONCE = 20
"""Executions of single runs that the stock loop has under way at a time."""


def measure(adapter, arguments, _emit):
    """CPU microseconds an execution, in turn: simulated, and on a stock loop that is reused.

    Both execute the same instrumented stages with 10 ms of work, built and run alike.
    """
    scenario = scenario_of(arguments["shape"])
    sut = adapter.describe()
    stock = _Stock(adapter, scenario)
    sides = {
        "simulated": lambda: _on(SimulatedLoop(1), adapter, scenario),
        "exploring": lambda: _on(ExploringLoop(Schedule(order_seed=1)), adapter, scenario),
        "judged": lambda: run_and_judge(adapter, sut, scenario),
    }
    spent = dict.fromkeys(("stock", *sides), 0.0)
    count = arguments["count"] // BLOCKS
    with patches.batch():
        stock.execute(count)
        for call in sides.values():
            call()
        for _ in range(BLOCKS):
            spent["stock"] += stock.execute(count)
            for name, call in sides.items():
                started = time.process_time()
                for _ in range(count):
                    call()
                spent[name] += time.process_time() - started
    stock.loop.close()
    return {name: seconds / count / BLOCKS * 1e6 for name, seconds in spent.items()}


async def _execution(adapter, scenario, instruments) -> None:
    built = adapter.build(scenario.pipeline, instruments.body)
    await asyncio.gather(
        *(adapter.run(built, scenario.pipeline, request) for request in scenario.requests)
    )


def _on(loop, adapter, scenario) -> None:
    async def main(loop) -> None:
        instruments = Instruments(scenario, Recorder(loop.time), factors_for(scenario))
        await _execution(adapter, scenario, instruments)

    simulate(main, loop, seed=1)


class _Stock:
    """A stock loop that is reused."""

    def __init__(self, adapter, scenario: Scenario) -> None:
        self.loop = asyncio.new_event_loop()
        self.adapter = adapter
        self.scenario = scenario
        self.at_once = max(1, AT_ONCE // len(scenario.requests))

    def execute(self, count: int) -> float:
        """CPU seconds of `count` executions, some at a time."""
        started = time.process_time()
        for first in range(0, count, self.at_once):
            some = [self._once() for _ in range(min(self.at_once, count - first))]
            self.loop.run_until_complete(_together(some))
        return time.process_time() - started

    async def _once(self) -> None:
        recorder, factors = Recorder(time.perf_counter), factors_for(self.scenario)
        await _execution(self.adapter, self.scenario, Instruments(self.scenario, recorder, factors))


async def _together(coroutines) -> None:
    await asyncio.gather(*coroutines)


def _cpu_us(call, count: int) -> float:
    call()
    started = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - started) / count * 1e6


async def spinning(steps: int) -> None:
    """Bare steps: nothing but the loop and the task."""
    for _ in range(steps):
        await asyncio.sleep(0)


async def small() -> None:
    """A small program: 3 tasks, 20 steps, a queue and sleeps."""
    queue: asyncio.Queue[int] = asyncio.Queue()

    async def produce() -> None:
        for number in range(2):
            await asyncio.sleep(0.01)
            queue.put_nowait(number)

    producers = [asyncio.create_task(produce()) for _ in range(2)]
    for _ in range(4):
        await queue.get()
    await asyncio.gather(*producers)


def bare(_adapter, _arguments, _emit):
    """Bare steps a CPU second, and schedules of the small program a CPU second."""
    with patches.batch():
        steps = 200_000
        spin_us = _cpu_us(
            lambda: simulate(lambda _loop: spinning(steps), SimulatedLoop(), seed=1), 3
        )
        plain_us = _cpu_us(lambda: simulate(lambda _loop: small(), SimulatedLoop(), seed=1), 3_000)
        walk_us = _cpu_us(lambda: execute(small, Schedule()), 3_000)
    taken = execute(small, Schedule()).steps
    stock_us = _cpu_us(lambda: asyncio.run(spinning(steps)), 3)
    return {
        "stock_steps_per_s": steps / stock_us * 1e6,
        "bare_steps_per_s": steps / spin_us * 1e6,
        "small_per_s": 1e6 / plain_us,
        "explored_per_s": 1e6 / walk_us,
        "small_steps": taken,
    }
