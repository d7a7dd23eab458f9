"""What is kept of runs that are over: many runs of one built pipeline, for real, and then a count.

Memory is counted in blocks of the interpreter's own allocator, after a full collection: the same
runs keep the same number of them, whatever the machine does meanwhile. Tasks that are left over are
cancelled first; they are another law's matter.
"""

import asyncio
import gc
import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any

from production_testers.experiments import workloads
from production_testers.model.observation import CostPoint
from production_testers.model.pipeline import Outcome, PipelineSpec, StageKind, StageSpec, Status
from production_testers.model.scenario import RunRequest
from production_testers.model.semantics import Capability
from production_testers.suts.contract import Adapter, Body, StageCall

WAYS: dict[str, frozenset[Capability]] = {
    "runs_completed": frozenset(),
    "runs_failed": frozenset({Capability.CLEANUP_ON_FAILURE}),
    "runs_cancelled": frozenset({Capability.STATUS_CANCEL}),
    "runs_given_up": frozenset({Capability.EXTERNAL_CANCELLATION}),
    "runs_nested": frozenset({Capability.NESTED_PIPELINES}),
}
"""How each of the runs ends → what a framework must offer for it."""

STAGES = 4

PASSES_TO_REST = 50
"""Passes of the loop that a cancelled run has for putting things in order."""


def pipeline_for(way: str) -> PipelineSpec:
    """A short chain; where runs are nested, its third stage runs another one."""
    chain = workloads.chain(STAGES)
    if way != "runs_nested":
        return chain
    first, second, third, *rest = chain.stages
    nested = StageSpec(
        name=third.name, kind=StageKind.TRANSFORM, nested=workloads.chain(2), after=third.after
    )
    return PipelineSpec(name=chain.name, stages=(first, second, nested, *rest))


def kept(
    adapter: Adapter, way: str, sizes: Sequence[int], emit: Callable[[dict[str, Any]], None]
) -> tuple[CostPoint, ...]:
    """Blocks of memory in use after so many runs in a row, for growing numbers of runs."""
    logging.disable(logging.CRITICAL)
    try:
        return asyncio.run(_Growth(adapter, way).points(sizes, emit))
    finally:
        logging.disable(logging.NOTSET)


class _Growth:
    def __init__(self, adapter: Adapter, way: str) -> None:
        self._adapter = adapter
        self._way = way
        self._pipeline = pipeline_for(way)
        self._third = self._pipeline.stages[2].name
        self._reached = asyncio.Event()
        self._runs = 0

    async def points(
        self, sizes: Sequence[int], emit: Callable[[dict[str, Any]], None]
    ) -> tuple[CostPoint, ...]:
        """One point for each size; the runs of the smaller ones count."""
        built = self._adapter.build(self._pipeline, self._body())
        blocks = []
        for size in sizes:
            while self._runs < size:
                self._runs += 1
                await self._run(built)
            await _rested()
            gc.collect()
            blocks.append(sys.getallocatedblocks())
            emit({"size": size})
        return tuple(
            CostPoint(size=size, operations=count, what=self._way)
            for size, count in zip(sizes, blocks, strict=True)
        )

    def _body(self) -> Body:
        async def body(spec: StageSpec, call: StageCall) -> Outcome | None:
            if spec.nested is not None and call.nest is not None:
                await call.nest(spec.nested, self._request(f"r{self._runs}/{spec.name}"))
            elif spec.name == self._third:
                return await self._third_stage()
            return Outcome(value={"from": spec.name})

        return body

    async def _third_stage(self) -> Outcome:
        self._reached.set()
        if self._way == "runs_failed":
            raise RuntimeError("the third stage fails")
        if self._way == "runs_cancelled":
            return Outcome(status=Status.CANCEL, reason="the third stage cancels the run")
        if self._way == "runs_given_up":
            await asyncio.get_running_loop().create_future()
        return Outcome(value={"from": self._third})

    def _request(self, key: str) -> RunRequest:
        return RunRequest(key=key, input={}, identity=workloads.identity_of(0, 0))

    async def _run(self, built: Any) -> None:
        self._reached.clear()
        request = self._request(f"r{self._runs}")
        run = asyncio.create_task(self._adapter.run(built, self._pipeline, request))
        if self._way == "runs_given_up":
            await self._reached.wait()
            run.cancel()
        await asyncio.wait([run])
        if not run.cancelled():
            run.result()


async def _rested() -> None:
    """Whatever goes on has had time to end, and is then cancelled."""
    for _ in range(PASSES_TO_REST):
        await asyncio.sleep(0)
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=5)
