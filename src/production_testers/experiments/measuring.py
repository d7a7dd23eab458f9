"""Real executions on the stock event loop: wall-clock latency, throughput, resources.

Closed loop: `concurrency` callers, each starts its next run when the last one has ended, so a
stall shortens the load; latencies are from the send. The load lab measures open loop.
"""

import asyncio
import gc
import importlib
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from production_testers.experiments.workloads import identity_of
from production_testers.model.pipeline import Outcome, PipelineSpec, StageSpec
from production_testers.model.scenario import RunRequest
from production_testers.suts.contract import Adapter, StageCall

WARM_UP_SHARE = 0.1
"""This share of the executions is made first and not counted."""

MEMORY_SAMPLES = 40
"""How often the resident memory is read while the executions are made."""


def measure(
    adapter: Adapter, arguments: dict[str, Any], _emit: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    """Run the baseline pipeline's shape with trivial stages, for real.

    Args of the job: executions, concurrency, seconds_max.
    """
    pipeline: PipelineSpec = importlib.import_module("pipelines.baseline").pipeline()
    return asyncio.run(_closed_loop(adapter, pipeline, arguments))


async def _closed_loop(
    adapter: Adapter, pipeline: PipelineSpec, arguments: dict[str, Any]
) -> dict[str, Any]:
    built = adapter.build(pipeline, _trivial)
    warm_up = int(arguments["executions"] * WARM_UP_SHARE)
    loop = _Loop(adapter, pipeline, built)
    await loop.run(warm_up, arguments["concurrency"], arguments["seconds_max"] * WARM_UP_SHARE)
    gc.collect()
    loop = _Loop(adapter, pipeline, built)
    usage, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter_ns()
    await loop.run(arguments["executions"], arguments["concurrency"], arguments["seconds_max"])
    wall_ns = time.perf_counter_ns() - started
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "stages": len(pipeline.stages),
        "concurrency": arguments["concurrency"],
        "latencies_ns": loop.latencies_ns,
        "ended_ns": [ended - started for ended in loop.ended_ns],
        "memory_kb": loop.memory_kb,
        "failed": loop.failed,
        "wall_ns": wall_ns,
        "cpu_user_s": used.ru_utime - usage.ru_utime,
        "cpu_system_s": used.ru_stime - usage.ru_stime,
        "rss_max_kb": used.ru_maxrss,
        "file_descriptors": _open_files(),
        "tasks_left": len(asyncio.all_tasks()) - 1,
    }


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _resident_kb() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1024


class _Loop:
    def __init__(self, adapter: Adapter, pipeline: PipelineSpec, built: Any) -> None:
        self.adapter = adapter
        self.pipeline = pipeline
        self.built = built
        self.latencies_ns: list[int] = []
        self.ended_ns: list[int] = []
        self.memory_kb: list[tuple[int, int]] = []
        self.failed = 0
        self._next = 0
        self._every = 1

    async def run(self, executions: int, concurrency: int, seconds_max: float) -> None:
        deadline = time.perf_counter() + seconds_max
        self._every = max(1, executions // MEMORY_SAMPLES)
        await asyncio.gather(*(self._caller(executions, deadline) for _ in range(concurrency)))

    async def _caller(self, executions: int, deadline: float) -> None:
        while self._next < executions and time.perf_counter() < deadline:
            number = self._next
            self._next += 1
            request = RunRequest(key=f"r{number}", input={}, identity=identity_of(0, 0))
            started = time.perf_counter_ns()
            result = await self.adapter.run(self.built, self.pipeline, request)
            ended = time.perf_counter_ns()
            self.latencies_ns.append(ended - started)
            self.ended_ns.append(ended)
            if len(self.ended_ns) % self._every == 0:
                self.memory_kb.append((len(self.ended_ns), _resident_kb()))
            self.failed += result.ended != "completed"


async def _trivial(spec: StageSpec, _call: StageCall) -> Outcome:
    """What a stage costs when it does nothing: the framework's own share."""
    return Outcome(value={"from": spec.name})
