"""High load for real: more callers, larger payloads, wider and deeper pipelines, step by step."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from production_testers.experiments.five.ground import Ground, Measurement, percentile, rounded
from production_testers.experiments.workloads import chain, fan_out
from production_testers.model.canonical import Json
from production_testers.model.pipeline import Outcome, PipelineSpec, StageSpec
from production_testers.model.scenario import RunRequest
from production_testers.suts.contract import StageCall
from production_testers.workspace.clock import stopwatch

STAGES_AT_A_STEP = 2_000
"""About so many executions of stages are made at one step; wide and deep ones run less often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stress:
    """Ladders, one for each thing that can grow; stages do nothing, so the cost is the framework's.

    Attributes:
        concurrency: Callers at a time.
        payload_chars: Characters in the input of a run.
        fan_out: Parallel stages.
        depth: Stages in a row.
        executions: At every step, as far as pipelines are not too large for it.
        timeout_s: An execution that takes longer has failed.
    """

    concurrency: Sequence[int] = (1, 10, 100)
    payload_chars: Sequence[int] = (1_000, 100_000, 1_000_000)
    fan_out: Sequence[int] = (10, 100)
    depth: Sequence[int] = (10, 100)
    executions: int = 100
    timeout_s: float = 30.0

    def perform(self, ground: Ground) -> Measurement:
        """Climb every ladder, on the stock loop and the wall clock."""
        rows = [self._step(ground, *step) for step in self._steps(ground)]
        failed = [row for row in rows if row["failed"]]
        highest: dict[str, Json] = {}
        for row in rows:
            if not row["failed"]:
                highest[f"{row['what']}_max"] = row["size"]
        unclear = [] if rows else ["No step is stated."]
        return Measurement.of(
            broken=[
                f"{row['failed']} of {row['executions']} executions failed at {row['what']}"
                f" {row['size']}."
                for row in failed
            ],
            unclear=unclear,
            figures={
                "steps": len(rows),
                "executions": sum(int(str(row["executions"])) for row in rows),
                **highest,
            },
            table=rows,
        )

    def _steps(self, ground: Ground) -> Iterator[tuple[str, int, PipelineSpec, int, int]]:
        """What grows, how far, the pipeline, callers, characters."""
        for callers in self.concurrency:
            yield "concurrency", callers, ground.pipeline, callers, 0
        for chars in self.payload_chars:
            yield "payload_chars", chars, ground.pipeline, 1, chars
        for width in self.fan_out:
            yield "fan_out", width, fan_out(width), 1, 0
        for length in self.depth:
            yield "depth", length, chain(length), 1, 0

    def _step(
        self, ground: Ground, what: str, size: int, pipeline: PipelineSpec, callers: int, chars: int
    ) -> dict[str, Json]:
        affordable = max(3, STAGES_AT_A_STEP // len(pipeline.stages))
        count = min(self.executions, affordable)
        requests = ground.requests(count, what)
        if chars:
            requests = tuple(
                RunRequest(key=r.key, input={"payload": "x" * chars}, identity=r.identity)
                for r in requests
            )
        built = ground.adapter.build(pipeline, _nothing)

        async def execute(request: RunRequest) -> bool:
            async with asyncio.timeout(self.timeout_s):
                result = await ground.adapter.run(built, pipeline, request)
            return result.ended == "completed"

        clock = stopwatch()
        times, failed = asyncio.run(_closed_loop(execute, requests, min(callers, count)))
        took = clock()
        return {
            "what": what,
            "size": size,
            "executions": count,
            "failed": failed,
            "per_s": rounded(count / took, 1),
            "p50_ms": rounded(percentile(times, 0.5)),
            "p95_ms": rounded(percentile(times, 0.95)),
            "stages_per_s": rounded(count * len(pipeline.stages) / took, 0),
        }


async def _nothing(spec: StageSpec, _call: StageCall) -> Outcome:
    """A stage that does nothing."""
    return Outcome(value={"from": spec.name})


async def _closed_loop(
    execute: Callable[[RunRequest], Awaitable[bool]], requests: Sequence[RunRequest], callers: int
) -> tuple[list[float], int]:
    """Each caller makes the next request when his last one has ended; gives times and failures."""
    waiting = iter(requests)
    times: list[float] = []
    failed = 0

    async def caller() -> None:
        nonlocal failed
        for request in waiting:
            clock = stopwatch()
            try:
                good = await execute(request)
            except Exception:  # noqa: BLE001 - whatever the framework raises, the execution failed
                good = False
            times.append(clock() * 1000)
            failed += not good

    await asyncio.gather(*(caller() for _ in range(callers)))
    return times, failed
