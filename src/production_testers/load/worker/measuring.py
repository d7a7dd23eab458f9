"""The real executions of a run: the baseline pipeline's shape, its stages doing nothing.

First a closed loop, which shows how much the framework makes; then an open loop at half of that,
which shows how long one execution takes when others do not stand in its way all the time.
"""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any

from production_testers.experiments import imports, safety
from production_testers.experiments.target_mocks import put_into_settings, serve_for_real
from production_testers.experiments.target_sql import serve_databases
from production_testers.load.arrivals import constant
from production_testers.load.plan import Plan
from production_testers.load.result import Result, percentiles_ms
from production_testers.load.supervisor import Load, WorkerReport
from production_testers.load.worker.closed_loop import Operation
from production_testers.load.worker.pipelines import PipelineOperation, Work, drawn
from production_testers.load.worker.session import perform
from production_testers.model.canonical import Json
from production_testers.model.target import Target
from production_testers.suts.contract import Adapter, HasUnits
from production_testers.suts.plain_bench import PlainBench

OPEN_SHARE = 0.5
"""The open loop's rate as a share of what the closed loop completed."""


def measure(
    adapter: Adapter, arguments: dict[str, Any], _emit: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    """Run the baseline pipeline's shape with trivial stages, for real; or a team's application.

    Args of the job: concurrency, seconds (of both loops together).
    """
    units = imports.units_module()
    operation: Operation
    if units is not None and hasattr(units, "TARGET"):
        stages, operation = len(units.TARGET.stages), TargetOperation(adapter, units.TARGET)
    else:
        scenario = drawn({"shown": True})
        stages = len(scenario.pipeline.stages)
        operation = PipelineOperation(adapter, scenario, Work(trivial=True))
    half = arguments["seconds"] / 2
    closed = plan_of(concurrency=arguments["concurrency"], duration_s=half)
    told = made(closed, operation)
    result = result_of(closed, told)
    rate = max(1.0, result.throughput * OPEN_SHARE)
    return {
        "stages": stages,
        "concurrency": arguments["concurrency"],
        "seconds": half,
        "rate": rate,
        "figures": {
            **percentiles_ms(result.latency),
            "throughput_tps": result.throughput,
            "failed_percent": result.failed_percent,
        },
        "count": result.completed,
        "failed": result.failures + result.unfinished,
        "tasks_left": told["tasks_left"],
        "closed": told,
        "open": made(plan_of(rate=rate, duration_s=half), operation),
    }


def plan_of(
    *, duration_s: float, concurrency: int | None = None, rate: float | None = None
) -> Plan:
    """The plan of one of the two loops."""
    return Plan(
        target={},
        words="the baseline pipeline, stages that do nothing",
        duration_s=duration_s,
        concurrency=concurrency,
        shape=None if rate is None else constant(rate),
    )


def result_of(plan: Plan, told: dict[str, Any]) -> Result:
    """The figures of a loop that was made in one process."""
    worker = WorkerReport(
        number=0, intervals=told["intervals"], ended="", tasks_left=told["tasks_left"]
    )
    return Result(load=Load(plan=plan, start_ns=told["start_ns"], workers=[worker]))


class TargetOperation:
    """One operation is one request of a team's application, its services replaced as in tests."""

    def __init__(self, adapter: Adapter, target: Target, *, control: bool = False) -> None:
        assert isinstance(adapter, HasUnits), "its adapter found the target's stages"
        safety.guard_in_child(target.allow_hosts)
        put_into_settings(target)
        settings: dict[str, Json] = {"target": target.as_json(), "control": control}
        self._target, self._bench = target, PlainBench()
        serve_databases(target, self._bench)
        self._unit = adapter.unit("target", settings, self._bench)
        self._numbers = itertools.cycle(range(target.records))
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self) -> None:
        """Handle the next request."""
        loop = asyncio.get_running_loop()
        if self._target.mocks and self._loop is not loop:
            self._loop = loop  # nothing is awaited in between: no other request comes first
            await serve_for_real(self._target, self._bench)
        await self._unit.perform("handle", {"record": next(self._numbers)})


def made(plan: Plan, operation: Operation) -> dict[str, Any]:
    """Make a load in this process; gives what `result_of` takes."""
    intervals: list[dict[str, Any]] = []
    start = time.perf_counter_ns() + 1_000_000
    left = asyncio.run(perform(plan.job(0), operation, start, intervals.append))
    return {"start_ns": start, "intervals": intervals, "tasks_left": left}
