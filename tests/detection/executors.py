"""Planted bugs: the reference executor with one thing wrong, and the law that must find it.

Each class differs from `Planted`, which is right, in one respect. `PLANTED` is the table: which law
must be broken, in which way, within how many schedules of the general workload.
"""

import asyncio
import itertools
import logging
import re
import tempfile
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from production_testers.model.pipeline import (
    ORIGIN,
    Identity,
    Outcome,
    PipelineSpec,
    StageKind,
    StageSpec,
    Status,
)
from production_testers.model.scenario import RunRequest
from production_testers.model.semantics import PersonalData
from production_testers.suts.contract import Body, RunResult, StageCall, StageResult
from production_testers.suts.reference import ReferenceAdapter
from production_testers.suts.reference.executor import (
    Execution,
    PipelineCancelledError,
    StageFailedError,
    WorkDone,
)
from production_testers.suts.reference.redaction import redact

Tasks = dict[str, asyncio.Task[None]]


@dataclass(slots=True)
class Built:
    """What the runs of one built pipeline share; only wrong executors keep anything in it."""

    body: Body
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    identity: Identity | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    tripped: bool = False
    last: Mapping[str, Any] = field(default_factory=dict)
    work_done: WorkDone = field(default_factory=WorkDone)
    active: int = 0
    kept: list[Any] = field(default_factory=list)


class Planted(Execution):
    """The reference executor, cut into the pieces that bugs are planted in."""

    built: Built

    @classmethod
    def accepts(cls, pipeline: PipelineSpec) -> None:
        """Refuse a pipeline by raising."""

    async def run(self) -> Mapping[str, Outcome]:
        tasks: Tasks = {}
        stages = {stage.name: stage for stage in self.pipeline.stages}
        for name in self.pipeline.topological_order():
            stage = stages[name]
            tasks[name] = asyncio.create_task(self._stage(stage, [tasks[d] for d in stage.after]))
        try:
            done = await self.wait(tasks)
        finally:
            await self.clean_up(tasks)
        self.conclude(tasks, done)
        return self.result()

    async def wait(self, tasks: Tasks) -> set[asyncio.Task[None]]:
        """Until everything ended, or something failed."""
        done, _ = await asyncio.wait(tasks.values(), return_when=asyncio.FIRST_EXCEPTION)
        return done

    async def clean_up(self, tasks: Tasks) -> None:
        """Stop what is still running."""
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)

    def conclude(self, tasks: Tasks, done: set[asyncio.Task[None]]) -> None:
        """Raise what ended the run."""
        for task in tasks.values():
            if task in done and not task.cancelled() and (error := task.exception()):
                raise error

    def result(self) -> Mapping[str, Outcome]:
        """What the caller gets."""
        return self.outcomes

    def partial(self) -> Mapping[str, Outcome]:
        """What the caller gets of a run that does not complete."""
        return self.outcomes


class PlantedAdapter(ReferenceAdapter):
    """The reference adapter around another executor."""

    name = "planted"
    import_roots = ("detection",)

    def __init__(self, execution: type[Planted]) -> None:
        super().__init__()
        self.execution = execution

    def build(self, pipeline: PipelineSpec, body: Body) -> Any:
        self.execution.accepts(pipeline)
        return Built(body)

    async def run(self, built: Any, pipeline: PipelineSpec, request: RunRequest) -> RunResult:
        given = {**request.input, "run": request.key}
        execution = self.execution(
            pipeline,
            built.body,
            given,
            request.identity,
            request.idempotency_key,
            built.work_done,
            self.emitted,
        )
        execution.built = built
        try:
            outcomes = await execution.run()
        except StageFailedError as error:
            return RunResult(
                ended="failed",
                stage=error.stage,
                error=error.__cause__,
                message=str(error),
                stages=_results(execution.partial()),
            )
        except PipelineCancelledError as error:
            return RunResult(
                ended="cancelled",
                stage=error.stage,
                message=str(error),
                stages=_results(execution.partial()),
            )
        except Exception as error:  # noqa: BLE001 - a planted crash is the answer
            return RunResult(ended="failed", error=error, message=repr(error))
        return RunResult(ended="completed", stages=_results(outcomes))


def _results(outcomes: Mapping[str, Outcome]) -> dict[str, StageResult]:
    return {n: StageResult(status=o.status, value=dict(o.value)) for n, o in outcomes.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedBug:
    """A wrong executor and what must be said of it."""

    execution: type[Planted]
    law: str
    outcome_class: str
    within: int
    workload: str = ""
    """Name of the special workload that exercises it; the general one where empty."""


PLANTED: list[PlantedBug] = []


def breaks(
    law: str, outcome_class: str, *, within: int, workload: str = ""
) -> Callable[[type], type]:
    """Enter the class into the table."""

    def enter(execution: type[Planted]) -> type[Planted]:
        PLANTED.append(
            PlantedBug(
                execution=execution,
                law=law,
                outcome_class=outcome_class,
                within=within,
                workload=workload,
            )
        )
        return execution

    return enter


# ---------------------------------------------------------------------- which stages run, and when


@breaks("dag/runs-once", "stage-ran-twice", within=60)
class RunsJoinsTwice(Planted):
    """A stage with several dependencies is triggered by two of them."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        outcome = await super()._in_time(stage, call)
        if len(stage.after) > 1 and (outcome is None or outcome.status is Status.OK):
            return await super()._in_time(stage, call)
        return outcome


@breaks("dag/runs-once", "stage-never-ran", within=60)
class ForgetsTheLastStage(Planted):
    """The stage that was registered last counts as done before it runs."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        if stage.name == self.pipeline.stages[-1].name:
            return Outcome()
        return await super()._in_time(stage, call)


@breaks("dag/dependencies-first", "started-too-early", within=60)
class StartsAtTheFirstDependency(Planted):
    """A stage starts when one of its dependencies has ended."""

    async def _stage(self, stage: StageSpec, dependencies: list[asyncio.Task[None]]) -> None:
        if dependencies:
            done, _ = await asyncio.wait(dependencies, return_when=asyncio.FIRST_COMPLETED)
            for name in stage.after:
                self.outcomes.setdefault(name, Outcome())
            dependencies = list(done)
        await super()._stage(stage, dependencies)


@breaks("dag/failed-dependants", "dependant-ran", within=120)
class RunsBehindFailures(Planted):
    """A stage waits until its dependencies have ended, however they ended."""

    async def wait(self, tasks: Tasks) -> set[asyncio.Task[None]]:
        return (await asyncio.wait(tasks.values()))[0]

    async def _stage(self, stage: StageSpec, dependencies: list[asyncio.Task[None]]) -> None:
        if dependencies:
            await asyncio.wait(dependencies)
        for name in stage.after:
            self.outcomes.setdefault(name, Outcome())
        await super()._stage(stage, [])


@breaks("routing/skip-requests", "ran-anyway", within=600)
class AsksOneRouterOnly(Planted):
    """Only the last dependency is asked whether to skip."""

    async def _outcome(self, stage: StageSpec) -> Outcome:
        if stage.skippable and not self.outcomes[stage.after[-1]].skip_dependants:
            stage = replace(stage, skippable=False)
        return await super()._outcome(stage)


@breaks("routing/skip-requests", "skipped-unasked", within=300)
class SkipsForAnyRouter(Planted):
    """A request to skip reaches every skippable stage that has not run yet."""

    async def _outcome(self, stage: StageSpec) -> Outcome:
        asked = [o for o in self.outcomes.values() if o.skip_dependants]
        if stage.skippable and asked:
            return Outcome(status=Status.SKIP)
        return await super()._outcome(stage)


@breaks("routing/one-branch", "other-branch-ran", within=10, workload="choosing")
class RunsBehindSkippedStages(Planted):
    """The second stage of a branch is executed when the first was skipped."""

    async def _outcome(self, stage: StageSpec) -> Outcome:
        before = [self.outcomes[name].status for name in stage.after]
        if stage.name.endswith("1") and Status.SKIP in before:
            stage = replace(stage, skippable=False)
        return await super()._outcome(stage)


@breaks("routing/one-branch", "no-branch-ran", within=10, workload="choosing")
class SkipsBehindAnyGate(Planted):
    """One closed branch closes all of them, and the result says nothing of what was skipped."""

    async def _outcome(self, stage: StageSpec) -> Outcome:
        asked = [o for o in self.outcomes.values() if o.skip_dependants]
        if stage.skippable and asked:
            return Outcome()
        return await super()._outcome(stage)


# --------------------------------------------------------------------------------- what they get


@breaks("dag/outputs-delivered", "output-missing", within=60)
class DeliversTwoOutputs(Planted):
    """A stage gets the outputs of its first two dependencies."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        kept = dict(list(call.outputs.items())[:2])
        return await super()._in_time(stage, replace(call, outputs=kept))


@breaks("dag/outputs-delivered", "output-differs", within=60)
class DeliversToTheWrongName(Planted):
    """Outputs are zipped with names in another order."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        swapped = dict(zip(sorted(call.outputs), reversed(call.outputs.values()), strict=True))
        return await super()._in_time(stage, replace(call, outputs=swapped))


@breaks("dag/outputs-in-result", "result-missing", within=60)
class ReturnsLeavesOnly(Planted):
    """The result holds the stages that no other stage depends on."""

    def result(self) -> Mapping[str, Outcome]:
        inner = {name for stage in self.pipeline.stages for name in stage.after}
        return {name: o for name, o in self.outcomes.items() if name not in inner}


@breaks("dag/outputs-in-result", "result-differs", within=60)
class ReturnsNamesOutOfOrder(Planted):
    """The result zips names in order of dependency with outputs in order of completion."""

    def result(self) -> Mapping[str, Outcome]:
        return dict(zip(self.pipeline.topological_order(), self.outcomes.values(), strict=True))


@breaks("isolation/inputs-immutable", "write-is-seen", within=300)
class AliasesInputs(Planted):
    """A stage gets the very objects that its dependencies gave."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        shared = {name: self.outcomes[name].value for name in stage.after}
        return await super()._in_time(stage, replace(call, outputs=shared))


@breaks("merge/timing-independent", "depends-on-timing", within=600)
class LooksUpInOrderOfCompletion(Planted):
    """The look-up returns the value of whichever dependency ended first."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        ended = [name for name in self.outcomes if name in call.outputs]

        def merged(key: str) -> Any:
            return next((call.outputs[n][key] for n in ended if key in call.outputs[n]), None)

        return await super()._in_time(stage, replace(call, merged=merged))


@breaks("merge/finds-what-is-there", "not-found", within=120)
class LooksUpInTheFirst(Planted):
    """The look-up asks the dependency that was declared first, and no other."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        first = next(iter(call.outputs.values()), {})
        return await super()._in_time(stage, replace(call, merged=first.get))


# ------------------------------------------------------------------------------------- failures


@breaks("dag/failure-surfaces", "failure-swallowed", within=120)
class SwallowsFailures(Planted):
    """A failed run returns what it has."""

    async def run(self) -> Mapping[str, Outcome]:
        try:
            return await super().run()
        except StageFailedError:
            return self.outcomes


@breaks("dag/failure-surfaces", "wrong-stage-named", within=120)
class BlamesTheFirstStage(Planted):
    """The failure names the stage that was registered first."""

    async def run(self) -> Mapping[str, Outcome]:
        try:
            return await super().run()
        except StageFailedError as error:
            blamed = StageFailedError(self.pipeline.stages[0].name, str(error))
            raise blamed from error.__cause__


@breaks("dag/failure-surfaces", "exception-replaced", within=120)
class ReplacesExceptions(Planted):
    """The failure keeps the message of the stage's exception, not the exception."""

    async def run(self) -> Mapping[str, Outcome]:
        try:
            return await super().run()
        except StageFailedError as error:
            raise StageFailedError(error.stage, str(error)) from RuntimeError(str(error))


@breaks("dag/failure-surfaces", "reason-lost", within=300)
class LosesReasons(Planted):
    """A stage that ends with status fail fails without its reason."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        outcome = await super()._in_time(stage, call)
        return replace(outcome, reason=None) if outcome else None


# ------------------------------------------------------------------------------------- statuses


@breaks("dag/status-effect", "retry-is-success", within=300)
class TakesRetryForSuccess(Planted):
    """Status retry is neither failure nor cancellation, so it counts as success."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        outcome = await super()._in_time(stage, call)
        retry = outcome is not None and outcome.status is Status.RETRY
        return replace(outcome, status=Status.OK) if outcome and retry else outcome


@breaks("dag/status-effect", "started-after-cancel", within=300)
class CancelsAtTheEnd(Planted):
    """A stage that cancels the pipeline stops only what stands behind it."""

    async def wait(self, tasks: Tasks) -> set[asyncio.Task[None]]:
        await asyncio.wait(tasks.values(), return_when=asyncio.FIRST_EXCEPTION)
        ended = [t for t in tasks.values() if t.done() and not t.cancelled()]
        if any(isinstance(t.exception(), PipelineCancelledError) for t in ended):
            await asyncio.wait(tasks.values())
        return {task for task in tasks.values() if task.done()}


@breaks("dag/status-effect", "cancel-ignored", within=300)
class CompletesWhenCancelled(Planted):
    """A pipeline that a stage cancelled counts as completed."""

    async def run(self) -> Mapping[str, Outcome]:
        try:
            return await super().run()
        except PipelineCancelledError:
            return self.outcomes


@breaks("dag/status-effect", "skip-fails", within=300)
class FailsOnSkip(Planted):
    """Whatever is not ok is a failure, skip included."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        outcome = await super()._in_time(stage, call)
        if outcome is not None and outcome.status is Status.SKIP:
            raise StageFailedError(stage.name, outcome.reason or "")
        return outcome


# --------------------------------------------------------------------------------- left running


class LeavesRunning(Planted):
    """Does not clean up in one case."""

    async def run(self) -> Mapping[str, Outcome]:
        self.cancelled = True
        return await super().run()

    async def wait(self, tasks: Tasks) -> set[asyncio.Task[None]]:
        done = await super().wait(tasks)
        self.cancelled = False
        return done

    def error_of(self, tasks: Tasks) -> BaseException | None:
        """What ends the run."""
        try:
            self.conclude(tasks, {task for task in tasks.values() if task.done()})
        except (StageFailedError, PipelineCancelledError) as error:
            return error
        return None


@breaks("lifecycle/nothing-left-running", "after-failure", within=300)
class LeavesSiblingsAfterFailure(LeavesRunning):
    """A failure returns at once, and parallel stages go on."""

    async def clean_up(self, tasks: Tasks) -> None:
        if not isinstance(self.error_of(tasks), StageFailedError):
            await super().clean_up(tasks)


@breaks("lifecycle/nothing-left-running", "after-stop", within=300)
class LeavesSiblingsAfterStop(LeavesRunning):
    """A stage that cancels the pipeline ends it at once, and parallel stages go on."""

    async def clean_up(self, tasks: Tasks) -> None:
        if not isinstance(self.error_of(tasks), PipelineCancelledError):
            await super().clean_up(tasks)


@breaks("lifecycle/nothing-left-running", "after-cancellation", within=120)
class LeavesStagesAfterCancellation(LeavesRunning):
    """The caller's cancellation reaches the run, not its stages."""

    async def clean_up(self, tasks: Tasks) -> None:
        if not self.cancelled:
            await super().clean_up(tasks)


@breaks("lifecycle/nothing-left-running", "after-completion", within=60)
class CompletesWithItsLastStage(Planted):
    """The run completes when the last stage in order of dependency has ended."""

    async def wait(self, tasks: Tasks) -> set[asyncio.Task[None]]:
        last = list(tasks.values())[-1]
        await asyncio.wait([last])
        return {task for task in tasks.values() if task.done()}

    async def clean_up(self, tasks: Tasks) -> None:
        """Leave the rest to themselves."""


@breaks("lifecycle/nothing-left-running", "cancellation-ignored", within=120)
class IgnoresItsCaller(Planted):
    """The caller's cancellation is swallowed, and the run goes on to its end."""

    async def wait(self, tasks: Tasks) -> set[asyncio.Task[None]]:
        while True:
            try:
                return await super().wait(tasks)
            except asyncio.CancelledError:
                continue


# ------------------------------------------------------------------------- between runs and tenants


@breaks("isolation/concurrent-runs", "saw-another-run", within=120)
class SharesOutcomes(Planted):
    """Runs of one built pipeline keep their outcomes in one place."""

    async def run(self) -> Mapping[str, Outcome]:
        self.outcomes = self.built.outcomes
        return dict(await super().run())


@breaks("isolation/concurrent-runs", "stopped-by-another-run", within=300)
class FailureStopsOtherRuns(Planted):
    """A failure stops every task of the built pipeline."""

    async def _stage(self, stage: StageSpec, dependencies: list[asyncio.Task[None]]) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.built.tasks.append(task)
        try:
            await super()._stage(stage, dependencies)
        except StageFailedError:
            for other in self.built.tasks:
                if other is not task:
                    other.cancel()
            raise

    def conclude(self, tasks: Tasks, done: set[asyncio.Task[None]]) -> None:
        super().conclude(tasks, done)
        for name, task in tasks.items():
            if task.cancelled():
                raise PipelineCancelledError(name, "stopped")


@breaks("isolation/concurrent-runs", "failed-by-another-run", within=600)
class FailureTripsOtherRuns(Planted):
    """A failure opens a breaker that all runs share; it never closes."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        if self.built.tripped:
            raise StageFailedError(stage.name, "the breaker is open")
        try:
            return await super()._in_time(stage, call)
        except StageFailedError:
            self.built.tripped = True
            raise


@breaks("isolation/tenants", "identity-differs", within=120)
class RemembersTheLastIdentity(Planted):
    """Stages are told the identity of the run that started last."""

    async def run(self) -> Mapping[str, Outcome]:
        self.built.identity = self.identity
        return await super().run()

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        return await super()._in_time(stage, replace(call, identity=self.built.identity))


@breaks("isolation/tenants", "canary-leaked", within=300)
class LeaksThePreviousInput(Planted):
    """A buffer that is reused between runs still holds the previous one's input."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        buffer, self.built.last = self.built.last, {"previous": str(dict(call.input))}
        handed = {name: {**value, **buffer} for name, value in call.outputs.items()}
        return await super()._in_time(stage, replace(call, outputs=handed))


# ------------------------------------------------------------------------------------ time-outs


@breaks("timing/timeout-enforced", "not-stopped", within=120)
class IgnoresTimeouts(Planted):
    """Time-outs are accepted and never applied."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        self.pipeline = replace(self.pipeline, stage_timeout_ms=None)
        return await super()._in_time(stage, call)


@breaks("timing/timeout-enforced", "not-reported", within=120)
class TakesTimeoutsForSuccess(Planted):
    """A stage that timed out counts as done."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        try:
            return await super()._in_time(stage, call)
        except StageFailedError as error:
            if isinstance(error.__cause__, TimeoutError):
                return Outcome()
            raise


# ---------------------------------------------------------------------------------------- size


@breaks("scale/depth", "deep-pipeline-fails", within=60)
class SortsByRecursion(Planted):
    """The depth of the graph is found by a function that calls itself."""

    async def run(self) -> Mapping[str, Outcome]:
        after = {stage.name: stage.after for stage in self.pipeline.stages}

        def depth(name: str) -> int:
            found = 0
            for dependency in after[name]:
                found = max(found, depth(dependency))
            return found + 1

        if len(after) > 900:
            max(depth(name) for name in after)
        return await super().run()


@breaks("cost/operations-per-stage", "superlinear", within=1)
class ScansAllStages(Planted):
    """Before a stage starts, every stage of the pipeline is looked at."""

    async def _outcome(self, stage: StageSpec) -> Outcome:
        ended = 0
        for other in self.pipeline.stages:
            ended += other.name in self.outcomes
        return await super()._outcome(stage)


LAST_RUN: ContextVar[str] = ContextVar("last_run")


@breaks("lifecycle/context-unchanged", "context-left", within=10)
class LeavesItsContext(Planted):
    """Which run it is stands in a context variable of whoever started it."""

    async def run(self) -> Mapping[str, Outcome]:
        LAST_RUN.set(str(self.input["run"]))
        return await super().run()


@breaks("lifecycle/process-unchanged", "process-changed", within=10)
class AddsAHandler(Planted):
    """Every run that ended makes sure that what is logged goes somewhere."""

    async def run(self) -> Mapping[str, Outcome]:
        outcomes = await super().run()
        logging.getLogger().addHandler(logging.NullHandler())
        return outcomes


@breaks("lifecycle/process-unchanged", "file-written", within=10)
class KeepsACheckpoint(Planted):
    """Which run ended last stands in a file of its own choice."""

    async def run(self) -> Mapping[str, Outcome]:
        outcomes = await super().run()
        Path(tempfile.gettempdir(), "planted-run.json").write_text(str(self.input["run"]))  # noqa: ASYNC240 - that is the bug
        return outcomes


@breaks("cost/longest-step", "stalls", within=1)
class ComparesAllPairs(Planted):
    """Before the first stage starts, every pair of stages is compared in one go."""

    async def run(self) -> Mapping[str, Outcome]:
        names = [stage.name for stage in self.pipeline.stages]
        larger = 0
        for name in names:
            for other in names:
                larger += name < other
        return await super().run()


class KeepsRuns(Planted):
    """Runs that end in one way are kept by what was built."""

    async def run(self) -> Mapping[str, Outcome]:
        try:
            outcomes = await super().run()
        except BaseException as error:
            if self.keeps(error):
                self.built.kept.append([self.input])
            raise
        if self.keeps(None):
            self.built.kept.append([self.input])
        return outcomes

    def keeps(self, error: BaseException | None) -> bool:
        """Whether a run with this end is kept."""
        raise NotImplementedError


@breaks("cost/kept-per-run", "kept-per-run", within=1)
class KeepsEveryRun(KeepsRuns):
    """A list of inputs, for debugging."""

    def keeps(self, error: BaseException | None) -> bool:
        return True


@breaks("cost/kept-per-run", "kept-per-failed-run", within=1)
class KeepsFailures(KeepsRuns):
    """What failed is kept, to be looked at by somebody."""

    def keeps(self, error: BaseException | None) -> bool:
        return isinstance(error, StageFailedError)


@breaks("cost/kept-per-run", "kept-per-cancelled-run", within=1)
class KeepsCancelled(KeepsRuns):
    """What a stage cancelled is never taken off the list."""

    def keeps(self, error: BaseException | None) -> bool:
        return isinstance(error, PipelineCancelledError)


@breaks("cost/kept-per-run", "kept-per-given-up-run", within=1)
class KeepsGivenUp(KeepsRuns):
    """Taking a run off the list is left out when its caller cancels it."""

    def keeps(self, error: BaseException | None) -> bool:
        return isinstance(error, asyncio.CancelledError)


@breaks("cost/kept-per-run", "kept-per-nested-run", within=1)
class KeepsChildren(KeepsRuns):
    """A parent keeps its children."""

    def keeps(self, error: BaseException | None) -> bool:
        return any(stage.nested is not None for stage in self.pipeline.stages)


# --------------------------------------------------------------- what only the reference can tell


@breaks("dag/outcome-allowed", "never-ends", within=120)
class WaitsForEver(Planted):
    """After a failure the run waits for stages that will never start."""

    async def _stage(self, stage: StageSpec, dependencies: list[asyncio.Task[None]]) -> None:
        if dependencies:
            await asyncio.wait(dependencies)
        if any(task.cancelled() or task.exception() for task in dependencies):
            await asyncio.Event().wait()
        await super()._stage(stage, dependencies)

    async def wait(self, tasks: Tasks) -> set[asyncio.Task[None]]:
        return (await asyncio.wait(tasks.values()))[0]


@breaks("dag/outcome-allowed", "never-ends", within=300)
class RetriesForEver(Planted):
    """A stage that asks for a retry is executed again without end, a little later each time."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        pause_s = 0.01
        while True:
            outcome = await super()._in_time(stage, call)
            if outcome is None or outcome.status is not Status.RETRY:
                return outcome
            await asyncio.sleep(pause_s)
            pause_s *= 2


@breaks("dag/outcome-allowed", "completes", within=300)
class GivesUpOnHungStages(Planted):
    """A stage that hangs for a minute is dropped, and the run completes without it."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        try:
            async with asyncio.timeout(60):
                return await super()._in_time(stage, call)
        except TimeoutError:
            return Outcome()


@breaks("dag/outcome-allowed", "fails", within=300)
class FailsOnNone(Planted):
    """A stage that gives nothing fails its run."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        outcome = await super()._in_time(stage, call)
        if outcome is None:
            raise StageFailedError(stage.name, "it gave nothing")
        return outcome


@breaks("dag/outcome-allowed", "cancelled", within=300)
class CancelsOnSkip(Planted):
    """A stage that skips itself cancels its run."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        outcome = await super()._in_time(stage, call)
        if outcome is not None and outcome.status is Status.SKIP:
            raise PipelineCancelledError(stage.name, "skipped")
        return outcome


@breaks("dag/outcome-allowed", "refused", within=60)
class RefusesForwardReferences(Planted):
    """A stage must be registered after its dependencies."""

    @classmethod
    def accepts(cls, pipeline: PipelineSpec) -> None:
        known: set[str] = set()
        for stage in pipeline.stages:
            if missing := set(stage.after) - known:
                raise ValueError(f"{stage.name} depends on unknown {sorted(missing)}")
            known.add(stage.name)


# ------------------------------------------------------------- what no law finds, and why not yet


@breaks("dag/outputs-delivered", "input-differs", within=60)
class LosesPartOfTheInput(Planted):
    """One key of the run's input does not reach the stages."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        kept = {key: value for key, value in call.input.items() if key != "number"}
        return await super()._in_time(stage, replace(call, input=kept))


@breaks("isolation/declared-inputs", "undeclared-output-shown", within=60)
class ShowsUnrelatedOutputs(Planted):
    """A stage sees the outputs of every stage that happens to have ended."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        seen = {name: dict(outcome.value) for name, outcome in self.outcomes.items()}
        return await super()._in_time(stage, replace(call, outputs={**seen, **call.outputs}))


@breaks("dag/outputs-in-result", "status-differs", within=120)
class ReportsSkippedAsOk(Planted):
    """In the result, a skipped stage stands as one that ended well."""

    def result(self) -> Mapping[str, Outcome]:
        return {name: replace(o, status=Status.OK) for name, o in self.outcomes.items()}


@breaks("dag/outcome-allowed", "fails", within=300)
class StopsTooEarly(Planted):
    """The time-out is applied to a stage from the start of its run."""

    async def run(self) -> Mapping[str, Outcome]:
        self.started = asyncio.get_running_loop().time()
        return await super().run()

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        passed_ms = (asyncio.get_running_loop().time() - self.started) * 1000
        limit = self.pipeline.stage_timeout_ms
        if limit is not None and passed_ms > limit:
            raise StageFailedError(stage.name, "timed out")
        return await super()._in_time(stage, call)


# ------------------------------------------------------------------------------- nested pipelines


class Nesting(Planted):
    """Runs nested pipelines on itself; in a wrong one something is lost on the way down."""

    def handed_down(self, request: RunRequest) -> Identity:
        return request.identity

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        async def nest(pipeline: PipelineSpec, request: RunRequest) -> RunResult:
            changed = replace(request, identity=self.handed_down(request))
            return await PlantedAdapter(type(self)).run(self.built, pipeline, changed)

        return await super()._in_time(stage, replace(call, nest=nest))


@breaks("nesting/context-inherited", "identity-differs", within=10, workload="nested")
class NestsForNobody(Nesting):
    """Nested runs belong to a system user."""

    def handed_down(self, request: RunRequest) -> Identity:
        return replace(request.identity, user="system")


@breaks("nesting/context-inherited", "identity-lost", within=10, workload="nested")
class NestsWithoutIdentity(Nesting):
    """Stages of nested runs are not told for whom they work."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        inside = "/" in str(call.input["run"])
        return await super()._in_time(stage, replace(call, identity=None) if inside else call)


# ------------------------------------------------------------------------------- large, wide, many


@breaks("scale/width", "wide-pipeline-fails", within=3, workload="wide")
class RefusesWideGraphs(Planted):
    """Stages are numbered with a byte."""

    @classmethod
    def accepts(cls, pipeline: PipelineSpec) -> None:
        if len(pipeline.stages) > 256:
            raise OverflowError("more than 256 stages")


@breaks("scale/large-context", "run-fails", within=1, workload="large")
class RefusesLargeValues(Planted):
    """An output must fit into a message of 64 MB."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        outcome = await super()._in_time(stage, call)
        if outcome and len(outcome.value.get("pieces", ())) > 64:
            raise StageFailedError(stage.name, "the message is too large")
        return outcome


@breaks("scale/bursts", "left-waiting", within=3, workload="burst")
class LooksForAFreeSlotNowAndThen(Planted):
    """A run that finds no free slot looks again after ten seconds."""

    async def run(self) -> Mapping[str, Outcome]:
        while self.built.active >= 20:  # noqa: ASYNC110 - this is what is wrong with it
            await asyncio.sleep(10)
        self.built.active += 1
        try:
            return await super().run()
        finally:
            self.built.active -= 1


@breaks("isolation/inputs-stable", "changed-meanwhile", within=40, workload="writing")
class SharesOneCopy(Planted):
    """All dependants of a stage get the same copy of what it gave."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        copies = self.__dict__.setdefault("copies", {})
        shared = {name: copies.setdefault(name, call.outputs[name]) for name in stage.after}
        return await super()._in_time(stage, replace(call, outputs=shared))


@breaks("scale/many-runs", "never-ends", within=2, workload="thousand")
class LosesTheThousandth(Planted):
    """The run that finds nine hundred others under way is never woken."""

    async def run(self) -> Mapping[str, Outcome]:
        self.built.active += 1
        try:
            if self.built.active > 900:
                await asyncio.Event().wait()
            return await super().run()
        finally:
            self.built.active -= 1


@breaks("timing/ready-stages-start", "held-up", within=60)
class OneStageAtATime(Planted):
    """A lock around the execution of stages, of each run."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        lock = self.__dict__.setdefault("lock", asyncio.Lock())
        async with lock:
            return await super()._in_time(stage, call)


@breaks("timing/siblings-served", "starved", within=40, workload="computing")
class OneComputesAtATime(Planted):
    """A stage that has begun is brought to its end before the next one begins."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        turn = self.__dict__.setdefault("turn", asyncio.Lock())
        async with turn:
            return await super()._in_time(stage, call)


@breaks("cost/observing", "superlinear", within=1)
class TellsWhatHasEnded(Planted):
    """Every event says of all stages whether they have ended."""

    def _tell(self, name: str, stage: StageSpec) -> None:
        if self.emit is not None:
            ended = 0
            for other in self.pipeline.stages:
                ended += other.name in self.outcomes
        super()._tell(name, stage)


@breaks("cost/observing", "above-bound", within=1)
class SpellsEventsOut(Planted):
    """Every event is put together letter by letter."""

    def _tell(self, name: str, stage: StageSpec) -> None:
        if self.emit is not None:
            text = ""
            for letter in name * 100:
                text += letter
        super()._tell(name, stage)


@breaks("timing/never-idle", "idle", within=20)
class LooksOnceASecond(Planted):
    """A run that has ended is noticed when somebody looks, and that is once a second."""

    async def clean_up(self, tasks: Tasks) -> None:
        await super().clean_up(tasks)
        await asyncio.sleep(1)


# ---------------------------------------------------------------------------------- what is told


@breaks("contract/partial-output", "unfinished-as-done", within=40, workload="failing")
class CallsStartedStagesDone(Planted):
    """The results of a run that fails hold every stage that has started."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        self.__dict__.setdefault("begun", []).append(stage.name)
        return await super()._in_time(stage, call)

    def partial(self) -> Mapping[str, Outcome]:
        return {name: self.outcomes.get(name, Outcome()) for name in self.__dict__["begun"]}


@breaks("contract/partial-output", "other-value", within=40, workload="failing")
class SwapsPartialResults(Planted):
    """The results of a run that fails are zipped in the wrong order."""

    def partial(self) -> Mapping[str, Outcome]:
        return dict(zip(self.outcomes, reversed(self.outcomes.values()), strict=True))


@breaks("observability/events-correlated", "no-run-named", within=10, workload="watched")
class EmitsWithoutIds(Planted):
    """Events say which stage, and not for which request."""

    def _tell(self, name: str, stage: StageSpec) -> None:
        if self.emit is not None:
            self.emit(name, {"stage": stage.name})


@breaks("observability/events-correlated", "other-run-named", within=10, workload="watched")
class EmitsTheLatestId(Planted):
    """The request of an event is that of the run which started last."""

    async def run(self) -> Mapping[str, Outcome]:
        self.built.identity = self.identity
        return await super().run()

    def _tell(self, name: str, stage: StageSpec) -> None:
        if self.emit is not None and self.built.identity is not None:
            self.emit(name, {"stage": stage.name, "request": self.built.identity.request})


@breaks("observability/no-foreign-ids", "in-event", within=10, workload="watched")
class EmitsTheFirstIdAsWell(Planted):
    """Events hold the request of the run that the pipeline was first used for, too."""

    def _tell(self, name: str, stage: StageSpec) -> None:
        self.built.identity = self.built.identity or self.identity
        if self.emit is not None:
            also = self.built.identity.request
            self.emit(name, {"request": self.identity.request, "correlation": also})


@breaks("observability/no-foreign-ids", "in-log", within=10, workload="watched")
class LogsTheFirstId(Planted):
    """A logger keeps the request that it was made for."""

    def _tell(self, name: str, stage: StageSpec) -> None:
        self.built.identity = self.built.identity or self.identity
        logging.getLogger("detection").info("%s of %s", name, self.built.identity.request)


@breaks("observability/stages-told", "start-missing", within=10, workload="watched")
class TellsOfFirstStagesOnly(Planted):
    """Only stages that depend on nothing are told to start."""

    def _tell(self, name: str, stage: StageSpec) -> None:
        if name == "stage.ended" or not stage.after:
            super()._tell(name, stage)


@breaks("observability/stages-told", "end-missing", within=40, workload="watched")
class TellsOfGoodEndsOnly(Planted):
    """Of a stage that fails no end is told."""

    def _tell(self, name: str, stage: StageSpec) -> None:
        if name == "stage.started" or stage.name in self.outcomes:
            super()._tell(name, stage)


@breaks("observability/stages-told", "good-end-missing", within=10, workload="watched")
class TellsOfLastEndsOnly(Planted):
    """Of a stage on which others depend no end is told, unless it fails."""

    def _tell(self, name: str, stage: StageSpec) -> None:
        behind = any(stage.name in other.after for other in self.pipeline.stages)
        if name == "stage.started" or not behind or stage.name not in self.outcomes:
            super()._tell(name, stage)


@breaks("observability/stages-told", "started-twice", within=10, workload="watched")
class TellsStartsOfJoinsTwice(Planted):
    """Each of several dependencies has the start of a stage told."""

    def _tell(self, name: str, stage: StageSpec) -> None:
        for _ in stage.after if name == "stage.started" and stage.after else "1":
            super()._tell(name, stage)


@breaks("observability/stages-told", "ended-twice", within=40, workload="watched")
class TellsFailuresTwice(Planted):
    """A stage that fails is told to have ended, and then to have failed."""

    def _tell(self, name: str, stage: StageSpec) -> None:
        super()._tell(name, stage)
        if name == "stage.ended" and stage.name not in self.outcomes:
            super()._tell(name, stage)


@breaks("observability/stages-told", "end-wrong", within=40, workload="watched")
class TellsThatAllIsWell(Planted):
    """Whether a stage ended well is told before that is known."""

    def _tell(self, name: str, stage: StageSpec) -> None:
        before = dict(self.outcomes)
        self.outcomes.setdefault(stage.name, Outcome())
        super()._tell(name, stage)
        self.outcomes = before


@breaks("observability/durations-told", "wrong-duration", within=10, workload="watched")
class TellsTimeSinceTheRun(Planted):
    """How long a stage took is counted from the start of its run."""

    async def run(self) -> Mapping[str, Outcome]:
        self.__dict__["began"] = asyncio.get_running_loop().time()
        return await super().run()

    def _tell(self, name: str, stage: StageSpec) -> None:
        if stage.name in self.took_ms:
            now = asyncio.get_running_loop().time()
            self.took_ms[stage.name] = (now - self.__dict__["began"]) * 1000
        super()._tell(name, stage)


@breaks("privacy/nothing-personal-told", "in-log", within=10, workload="watched")
class LogsItsInput(Planted):
    """Every stage's input goes into the log."""

    def _tell(self, name: str, stage: StageSpec) -> None:
        logging.getLogger("detection").info("%s %s", name, stage.name, extra={"data": self.input})


@breaks("privacy/nothing-personal-told", "in-event", within=10, workload="watched")
class EmitsItsInput(Planted):
    """Events hold the input of their run."""

    def _tell(self, name: str, stage: StageSpec) -> None:
        if self.emit is not None:
            self.emit(name, {"request": self.identity.request, "input": dict(self.input)})


@breaks("privacy/nothing-personal-told", "in-error", within=20, workload="watched")
class QuotesItsInput(Planted):
    """The message of a failure quotes the input."""

    async def run(self) -> Mapping[str, Outcome]:
        try:
            return await super().run()
        except StageFailedError as error:
            raise StageFailedError(error.stage, f"{error} on {self.input}") from error.__cause__


@breaks("dag/result-as-reference", "other-value", within=10, workload="alone")
class ForgetsTheTenant(Planted):
    """Stages are not told which tenant they work for."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        nobody = replace(self.identity, tenant="")
        return await super()._in_time(stage, replace(call, identity=nobody))


# ------------------------------------------------------------------------------- the same request


@breaks("effects/once-per-key", "effect-repeated", within=10, workload="sent_again")
class IgnoresIdempotencyKeys(Planted):
    """Every request does its work."""

    async def _once(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        return await self._in_time(stage, call)


@breaks("effects/once-per-key", "never-done", within=10, workload="sent_again")
class KeepsOneAnswerAKey(Planted):
    """What is kept under a key is the answer of whichever stage came first."""

    async def _once(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        key = (self.idempotency_key or "", "")
        if key not in self.work_done.outcomes:
            self.work_done.outcomes[key] = await self._in_time(stage, call) or Outcome()
        return self.work_done.outcomes[key]


@breaks("effects/once-per-key", "blocked", within=20, workload="sent_again")
class KeepsTheLockAfterFailures(Planted):
    """The lock of a key is released when the work has succeeded."""

    async def _once(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        key = (self.idempotency_key or "", stage.name)
        if stage.name != "work":
            return await self._in_time(stage, call)
        lock = self.work_done.lock(*key)
        await lock.acquire()
        done = self.work_done.outcomes.get(key)
        if done is None:
            done = self.work_done.outcomes[key] = await self._in_time(stage, call) or Outcome()
        lock.release()
        return done


@breaks("effects/once-per-key", "other-answer", within=10, workload="sent_again")
class AnswersRepeatedRequestsWithNothing(Planted):
    """A request that is sent again is told that it was a repetition, and no more."""

    async def _once(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        outcome = await super()._once(stage, call)
        origin = outcome.value.get(ORIGIN) if outcome else None
        repeated = origin is not None and origin[0] != call.input["run"]
        return Outcome(value={"repeated": True}) if repeated else outcome


# ------------------------------------------------------------------------------------- redaction

PATTERNS = {
    PersonalData.EMAIL: r"[\w.+]+@[\w.-]+\w",
    PersonalData.PHONE_US: r"(?:\+?1[- ])?\(?\d{3}\)?[-. ]?555[-. ]?01\d\d",
    PersonalData.SSN: r"\b9\d\d[- ]?\d\d[- ]?\d{4}\b",
    PersonalData.CREDIT_CARD: r"\b(?:\d[ -]?){14,15}\d\b",
    PersonalData.IP_ADDRESS: r"\b(?:\d{1,3}\.){3}\d{1,3}\b|2001:db8::[0-9a-f:]+",
}


class Leaving(Planted):
    """Redaction that leaves one kind of personal data as it is."""

    leaves: PersonalData

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        def careless(text: str) -> str:
            left = re.findall(PATTERNS[self.leaves], text)
            return f"{redact(text)} {' '.join(left)}"

        return await super()._in_time(stage, replace(call, redact=careless))


def _leaving(kind: PersonalData) -> type[Planted]:
    enter = breaks(
        "guard/redaction-recall",
        f"missed-{kind.value.replace('_', '-')}",
        within=2,
        workload="redaction",
    )
    return enter(
        type(f"Leaves{kind.name}", (Leaving,), {"leaves": kind, "__doc__": f"Leaves {kind}."})
    )


for _kind in PersonalData:
    _leaving(_kind)


@breaks("guard/phi-recall", "missed", within=2, workload="clinical")
class LeavesEveryFiftiethNote(Planted):
    """Every fiftieth text comes back as it was."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        texts = itertools.count(1)

        def lazy(text: str) -> str:
            return text if next(texts) % 50 == 0 else redact(text)

        return await super()._in_time(stage, replace(call, redact=lazy))


@breaks("recovery/restored", "stays-broken", within=20, workload="disturbed")
class GivesUpAfterThreeFailures(Planted):
    """After three failures of a process no run is tried any more."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        if len(self.built.kept) >= 3:
            raise StageFailedError(stage.name, "too many failures")
        try:
            return await super()._in_time(stage, call)
        except StageFailedError:
            self.built.kept.append(stage.name)
            raise


@breaks("recovery/restored", "stays-slow", within=20, workload="disturbed")
class WaitsLongerAfterEveryFailure(Planted):
    """Every failure makes every later stage wait longer."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        await asyncio.sleep(0.05 * len(self.built.kept))
        try:
            return await super()._in_time(stage, call)
        except StageFailedError:
            self.built.kept.append(stage.name)
            raise


@breaks("answers/refused", "becomes-ok", within=20, workload="bad_answers")
class TakesWhatAgentsRefuse(Planted):
    """A stage that asks a model and fails is taken for one that gave nothing."""

    async def _outcome(self, stage: StageSpec) -> Outcome:
        try:
            return await super()._outcome(stage)
        except StageFailedError:
            if stage.kind is StageKind.AGENT:
                return Outcome()
            raise


@breaks("retry/bounded", "storm", within=120)
class TriesAgainFiftyTimes(Planted):
    """A stage that asks for a retry gets fifty of them, at once."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        outcome = None
        for _ in range(50):
            outcome = await super()._in_time(stage, call)
            if outcome is None or outcome.status is not Status.RETRY:
                break
        return outcome
