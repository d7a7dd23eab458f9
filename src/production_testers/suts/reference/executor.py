"""A DAG executor in the fewest moving parts: one task a stage, each waits for its dependencies.

The first stage that fails or cancels decides the outcome; the others are cancelled and awaited
before the run returns. Inputs are copies, so nobody sees what another stage writes.
"""

import asyncio
import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from production_testers.model.pipeline import (
    Identity,
    Outcome,
    PipelineSpec,
    StageKind,
    StageSpec,
    Status,
)
from production_testers.model.scenario import RunRequest
from production_testers.suts.contract import Body, RunResult, StageCall, StageResult
from production_testers.suts.reference.redaction import redact


class StageFailedError(Exception):
    """A stage failed; `__cause__` is its own exception where it raised one."""

    def __init__(self, stage: str, message: str) -> None:
        super().__init__(f"stage {stage!r} failed: {message}")
        self.stage = stage


class PipelineCancelledError(Exception):
    """A stage asked that the pipeline stop."""

    def __init__(self, stage: str, reason: str) -> None:
        super().__init__(f"stage {stage!r} cancelled the pipeline: {reason}")
        self.stage = stage


@dataclass(slots=True)
class WorkDone:
    """What stages of kind WORK have given, by idempotency key; shared by the runs of a pipeline."""

    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    locks: dict[tuple[str, str], asyncio.Lock] = field(default_factory=dict)

    def lock(self, key: str, stage: str) -> asyncio.Lock:
        """Held by the run that does the work; the others wait for what it gives."""
        return self.locks.setdefault((key, stage), asyncio.Lock())


@dataclass(slots=True)
class Built:
    """A pipeline that can be run many times."""

    body: Body
    emit: Callable[[str, Mapping[str, Any]], None] | None = None
    work_done: WorkDone = field(default_factory=WorkDone)


@dataclass(slots=True)
class Execution:
    """The state of one run; nothing is shared between runs."""

    pipeline: PipelineSpec
    body: Body
    input: Mapping[str, Any]
    identity: Identity
    idempotency_key: str | None = None
    work_done: WorkDone = field(default_factory=WorkDone)
    emit: Callable[[str, Mapping[str, Any]], None] | None = None
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    took_ms: dict[str, float] = field(default_factory=dict)

    async def run(self) -> Mapping[str, Outcome]:
        """Execute every stage.

        Raises:
            StageFailedError: A stage raised, failed, asked for a retry, or took too long.
            PipelineCancelledError: A stage cancelled the pipeline.
        """
        tasks: dict[str, asyncio.Task[None]] = {}
        for name in self.pipeline.topological_order():
            stage = self.pipeline.stage(name)
            tasks[name] = asyncio.create_task(self._stage(stage, [tasks[d] for d in stage.after]))
        try:
            done, _ = await asyncio.wait(tasks.values(), return_when=asyncio.FIRST_EXCEPTION)
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
        for task in tasks.values():  # in order of dependency, so a cause comes before its effects
            if task in done and not task.cancelled() and (error := task.exception()):
                raise error
        return self.outcomes

    async def _stage(self, stage: StageSpec, dependencies: list[asyncio.Task[None]]) -> None:
        if dependencies:
            await asyncio.wait(dependencies, return_when=asyncio.ALL_COMPLETED)
        if any(task.cancelled() or task.exception() for task in dependencies):
            raise asyncio.CancelledError  # its dependency failed; that one tells why
        loop = asyncio.get_running_loop()
        started = loop.time()
        self._tell("stage.started", stage)
        try:
            self.outcomes[stage.name] = await self._outcome(stage)
        finally:
            self.took_ms[stage.name] = (loop.time() - started) * 1000
            self._tell("stage.ended", stage)

    def _tell(self, name: str, stage: StageSpec) -> None:
        if self.emit is not None:
            content: dict[str, object] = {"stage": stage.name, "request": self.identity.request}
            took_ms = self.took_ms.get(stage.name)
            if took_ms is not None:
                content |= {"took_ms": took_ms, "well": stage.name in self.outcomes}
            self.emit(name, content)

    async def _outcome(self, stage: StageSpec) -> Outcome:
        if stage.skippable:
            for dependency in stage.after:
                if reason := self.outcomes[dependency].skip_dependants:
                    return Outcome(status=Status.SKIP, reason=reason)
        outputs = {d: copy.deepcopy(dict(self.outcomes[d].value)) for d in stage.after}
        call = StageCall(
            input=copy.deepcopy(dict(self.input)),
            outputs=outputs,
            identity=self.identity,
            merged=lambda key: next((o[key] for o in outputs.values() if key in o), None),
            nest=lambda pipeline, request: execute(pipeline, Built(self.body, self.emit), request),
            redact=redact,
        )
        outcome = await self._once(stage, call) or Outcome()
        if outcome.status is Status.CANCEL:
            raise PipelineCancelledError(stage.name, outcome.reason or "")
        if outcome.instead is not None:
            raise StageFailedError(stage.name, "it gave something that is no output")
        if outcome.status in (Status.FAIL, Status.RETRY):
            raise StageFailedError(stage.name, outcome.reason or "")
        return outcome

    async def _once(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        """The work of a stage, unless a run with the same idempotency key has done it."""
        key = self.idempotency_key
        if not self.pipeline.deduplicates or key is None or stage.kind is not StageKind.WORK:
            return await self._in_time(stage, call)
        async with self.work_done.lock(key, stage.name):
            done = self.work_done.outcomes.get((key, stage.name))
            if done is not None:
                return done
            outcome = await self._in_time(stage, call) or Outcome()
            if outcome.status is Status.OK:
                self.work_done.outcomes[key, stage.name] = outcome
            return outcome

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        limit = self.pipeline.stage_timeout_ms
        scope = asyncio.timeout(None if limit is None else limit / 1000)
        try:
            async with scope:
                return await self.body(stage, call)
        except Exception as error:
            message = f"timed out after {limit} ms" if scope.expired() else str(error)
            raise StageFailedError(stage.name, message) from error


async def execute(pipeline: PipelineSpec, built: Built, request: RunRequest) -> RunResult:
    """Run once, and say how it ended."""
    given = {**request.input, "run": request.key}
    execution = Execution(
        pipeline,
        built.body,
        given,
        request.identity,
        request.idempotency_key,
        built.work_done,
        built.emit,
    )
    try:
        outcomes = await execution.run()
    except StageFailedError as error:
        return RunResult(
            ended="failed",
            stage=error.stage,
            error=error.__cause__,
            message=str(error),
            stages=_results(execution.outcomes),
        )
    except PipelineCancelledError as error:
        return RunResult(
            ended="cancelled",
            stage=error.stage,
            message=str(error),
            stages=_results(execution.outcomes),
        )
    return RunResult(ended="completed", stages=_results(outcomes))


def _results(outcomes: Mapping[str, Outcome]) -> dict[str, StageResult]:
    return {
        name: StageResult(status=outcome.status, value=dict(outcome.value))
        for name, outcome in outcomes.items()
    }
