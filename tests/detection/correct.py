"""Executors that are right, each in another style; no law may say anything against them."""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from production_testers.model.pipeline import Outcome, PipelineSpec, StageSpec, Status
from production_testers.model.scenario import RunRequest
from production_testers.model.semantics import Capability, SutDescription
from production_testers.suts.contract import Body, RunResult, StageCall, StageResult

Outcomes = dict[str, Outcome]


class StopError(Exception):
    """A stage ends its run."""

    def __init__(self, ended: str, stage: str, message: str, cause: BaseException | None) -> None:
        super().__init__(message)
        self.ended, self.stage, self.cause = ended, stage, cause


NOT_OFFERED = {
    Capability.DURATIONS_TOLD,
    Capability.EVENTS,
    Capability.IDEMPOTENCY,
    Capability.REDACTION,
    Capability.STAGES_TOLD,
}


class Styled:
    """What the styles have in common: the contract, and how one stage is called."""

    name = "styled"
    import_roots = ("detection",)
    attempts = 1
    default_timeout_ms: float | None = None
    parallel = True

    def describe(self) -> SutDescription:
        not_offered = NOT_OFFERED if self.parallel else {*NOT_OFFERED, Capability.PARALLEL_STAGES}
        return SutDescription(
            name=type(self).__name__,
            version=None,
            capabilities=dict.fromkeys(set(Capability) - not_offered),
            components=dict.fromkeys(Capability, "detection.correct.Styled.run"),
        )

    def build(self, pipeline: PipelineSpec, body: Body) -> Body:
        return body

    async def run(self, built: Body, pipeline: PipelineSpec, request: RunRequest) -> RunResult:
        given: Outcomes = {}

        async def call(stage: StageSpec, outcomes: Mapping[str, Outcome]) -> Outcome:
            given[stage.name] = await self.call(built, pipeline, request, stage, outcomes)
            return given[stage.name]

        try:
            outcomes = await self.execute(pipeline, call)
        except StopError as stop:
            return RunResult(
                ended=stop.ended,
                stage=stop.stage,
                error=stop.cause,
                message=str(stop),
                stages=results(given),
            )
        return RunResult(ended="completed", stages=results(outcomes))

    async def execute(self, pipeline: PipelineSpec, call: "Call") -> Outcomes:
        raise NotImplementedError

    def received(self, values: dict[str, dict[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
        """What a stage gets of its dependencies: copies."""
        return copy.deepcopy(values)

    async def call(
        self,
        body: Body,
        pipeline: PipelineSpec,
        request: RunRequest,
        stage: StageSpec,
        outcomes: Mapping[str, Outcome],
    ) -> Outcome:
        asked = [r for d in stage.after if (r := outcomes[d].skip_dependants)]
        if stage.skippable and asked:
            return Outcome(status=Status.SKIP, reason=asked[0])
        outputs = self.received({d: dict(outcomes[d].value) for d in stage.after})
        handed = StageCall(
            input={**copy.deepcopy(dict(request.input)), "run": request.key},
            outputs=outputs,
            identity=request.identity,
            merged=lambda key: next(
                (outputs[d][key] for d in sorted(outputs) if key in outputs[d]), None
            ),
            nest=lambda nested, child: self.run(self.build(nested, body), nested, child),
        )
        limit = pipeline.stage_timeout_ms or self.default_timeout_ms
        outcome = None
        for _ in range(self.attempts):
            try:
                # not `wait_for`: in Python 3.11 it loses a cancellation that comes with the result
                async with asyncio.timeout(None if limit is None else limit / 1000):
                    outcome = await body(stage, handed)
            except Exception as error:
                raise StopError("failed", stage.name, f"{stage.name}: {error!r}", error) from error
            if outcome is None or outcome.status is not Status.RETRY:
                break
        outcome = outcome or Outcome()
        if outcome.status is Status.CANCEL:
            raise StopError("cancelled", stage.name, str(outcome.reason), None)
        if outcome.instead is not None or outcome.status in (Status.FAIL, Status.RETRY):
            raise StopError("failed", stage.name, f"{stage.name}: {outcome.reason}", None)
        return outcome


def results(outcomes: Mapping[str, Outcome]) -> dict[str, StageResult]:
    return {n: StageResult(status=o.status, value=dict(o.value)) for n, o in outcomes.items()}


Call = Callable[[StageSpec, Mapping[str, Outcome]], Awaitable[Outcome]]


class Sequential(Styled):
    """One stage after the other; tries a stage that asks for it three times."""

    parallel = False

    attempts = 3

    async def execute(self, pipeline: PipelineSpec, call: Call) -> Outcomes:
        outcomes: Outcomes = {}
        for name in pipeline.topological_order():
            outcomes[name] = await call(pipeline.stage(name), outcomes)
        return outcomes


class LevelByLevel(Styled):
    """A task group for every level of the graph; inputs cannot be written."""

    parallel = False

    def received(self, values: dict[str, dict[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
        return MappingProxyType(
            {name: MappingProxyType(copy.deepcopy(value)) for name, value in values.items()}
        )

    async def execute(self, pipeline: PipelineSpec, call: Call) -> Outcomes:
        outcomes: Outcomes = {}
        waiting = {stage.name: stage for stage in pipeline.stages}
        while waiting:
            level = [s for s in waiting.values() if all(d in outcomes for d in s.after)]
            try:
                async with asyncio.TaskGroup() as group:
                    tasks = {s.name: group.create_task(call(s, dict(outcomes))) for s in level}
            except* StopError as stops:
                first = stops.exceptions[0]
                raise first  # noqa: B904 - the group is no part of the story
            outcomes.update({name: task.result() for name, task in tasks.items()})
            for name in tasks:
                del waiting[name]
        return outcomes


class Workers(Styled):
    """Three workers take ready stages from a queue; outcomes stand in order of completion."""

    parallel = False

    async def execute(self, pipeline: PipelineSpec, call: Call) -> Outcomes:  # noqa: C901 - one piece
        outcomes: Outcomes = {}
        specs = {stage.name: stage for stage in pipeline.stages}
        missing = {stage.name: set(stage.after) for stage in pipeline.stages}
        ready: asyncio.Queue[StageSpec] = asyncio.Queue()
        behind: dict[str, list[str]] = {name: [] for name in specs}
        for stage in pipeline.stages:
            for dependency in set(stage.after):
                behind[dependency].append(stage.name)
            if not stage.after:
                ready.put_nowait(stage)

        async def worker() -> None:
            while True:
                stage = await ready.get()
                outcomes[stage.name] = await call(stage, outcomes)
                for name in behind[stage.name]:
                    missing[name].discard(stage.name)
                    if not missing[name]:
                        ready.put_nowait(specs[name])
                ready.task_done()

        workers = [asyncio.create_task(worker()) for _ in range(3)]
        everything = asyncio.create_task(ready.join())
        try:
            done, _ = await asyncio.wait(
                [everything, *workers], return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for task in (everything, *workers):
                task.cancel()
            await asyncio.gather(everything, *workers, return_exceptions=True)
        for task in workers:
            if task in done:
                task.result()
        return outcomes


class Memoised(Styled):
    """A future for every stage, made when it is first wanted; drains what runs after a failure."""

    async def execute(self, pipeline: PipelineSpec, call: Call) -> Outcomes:
        futures: dict[str, asyncio.Task[Outcome]] = {}
        specs = {stage.name: stage for stage in pipeline.stages}
        stopping: list[StopError] = []

        async def of(stage: StageSpec) -> Outcome:
            if stage.after:
                await asyncio.wait([wanted(d) for d in stage.after])
            if stopping:
                raise stopping[0]
            try:
                return await call(stage, {d: futures[d].result() for d in stage.after})
            except StopError as stop:
                stopping.append(stop)
                raise

        def wanted(name: str) -> asyncio.Task[Outcome]:
            if name not in futures:
                futures[name] = asyncio.create_task(of(specs[name]))
            return futures[name]

        try:
            ends = [wanted(stage.name) for stage in reversed(pipeline.stages)]
            await asyncio.wait(ends)
        finally:
            for task in futures.values():
                task.cancel()
            await asyncio.gather(*futures.values(), return_exceptions=True)
        if stopping:
            raise stopping[0]
        return {name: task.result() for name, task in futures.items()}


class Gathered(Styled):
    """Events between coroutines in one `gather`, which is cancelled as a whole."""

    async def execute(self, pipeline: PipelineSpec, call: Call) -> Outcomes:
        outcomes: Outcomes = {}
        ended = {stage.name: asyncio.Event() for stage in pipeline.stages}

        async def of(stage: StageSpec) -> None:
            for dependency in stage.after:
                await ended[dependency].wait()
            outcomes[stage.name] = await call(stage, outcomes)
            ended[stage.name].set()

        tasks = [asyncio.create_task(of(stage)) for stage in pipeline.stages]
        try:
            await asyncio.gather(*tasks)
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise
        return {stage.name: outcomes[stage.name] for stage in pipeline.stages}


class Independent(Styled):
    """After a failure, what does not depend on it still runs; the last failure is told."""

    async def execute(self, pipeline: PipelineSpec, call: Call) -> Outcomes:
        outcomes: Outcomes = {}
        stops: list[StopError] = []
        waiting = {stage.name: stage for stage in pipeline.stages}
        running: dict[asyncio.Task[Outcome], str] = {}
        try:
            while True:
                if not any(stop.ended == "cancelled" for stop in stops):
                    for stage in tuple(waiting.values()):
                        if all(d in outcomes for d in stage.after):
                            running[asyncio.create_task(call(stage, outcomes))] = stage.name
                            del waiting[stage.name]
                if not running:
                    break
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    name = running.pop(task)
                    try:
                        outcomes[name] = task.result()
                    except StopError as stop:
                        stops.append(stop)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        cancelled = [stop for stop in stops if stop.ended == "cancelled"]
        if stops:
            raise (cancelled or stops)[-1]
        return outcomes


class SkipsBehindSkipped(Gathered):
    """A stage behind a skipped one is skipped as well: frameworks differ in this."""

    async def call(
        self,
        body: Body,
        pipeline: PipelineSpec,
        request: RunRequest,
        stage: StageSpec,
        outcomes: Mapping[str, Outcome],
    ) -> Outcome:
        if any(outcomes[d].status is Status.SKIP for d in stage.after):
            return Outcome(status=Status.SKIP, reason="behind a skipped stage")
        return await super().call(body, pipeline, request, stage, outcomes)


class TimesOutByDefault(Gathered):
    """Where no time-out is stated, a stage may take 30 seconds."""

    default_timeout_ms = 30_000.0


CORRECT: tuple[type[Styled], ...] = (
    Sequential,
    LevelByLevel,
    Workers,
    Memoised,
    Gathered,
    Independent,
    SkipsBehindSkipped,
    TimesOutByDefault,
)
