"""What the simulation benchmark measures, inside the worker: the same shapes simulated and real."""

import asyncio
import time
from dataclasses import replace
from random import Random

from production_testers.experiments.execution import execute
from production_testers.experiments.instruments import Instruments, Recorder, SteadyFactors
from production_testers.experiments.judging import run_and_judge
from production_testers.experiments.workloads import chain, fan_out, requests
from production_testers.model.scenario import Kind, Latencies, Scenario

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


def measure(adapter, arguments, _emit):
    """CPU microseconds a schedule: simulated, simulated and judged, and on a reused stock loop.

    The stock loop executes the same instrumented stages whose work takes no time at all, so that
    only CPU time is compared.
    """
    scenario = scenario_of(arguments["shape"])
    sut = adapter.describe()
    count = arguments["count"]
    return {
        "simulated": _cpu_us(lambda: execute(adapter, scenario, sut), count),
        "judged": _cpu_us(lambda: run_and_judge(adapter, sut, scenario), count),
        "stock": _stock_us(adapter, scenario, count),
    }


def _cpu_us(call, count: int) -> float:
    call()
    started = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - started) / count * 1e6


def _stock_us(adapter, scenario: Scenario, count: int) -> float:
    async def once() -> None:
        instruments = Instruments(scenario, Recorder(time.perf_counter), SteadyFactors(0.0))
        built = adapter.build(scenario.pipeline, instruments.body)
        await asyncio.gather(
            *(adapter.run(built, scenario.pipeline, request) for request in scenario.requests)
        )

    async def many() -> float:
        await once()
        started = time.process_time()
        for _ in range(count):
            await once()
        return (time.process_time() - started) / count * 1e6

    return asyncio.run(many())
