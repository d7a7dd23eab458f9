"""What the reference allows: every stage evaluated under the declared semantics, nothing stopped.

Stages are evaluated in dependency order with the same functions, faults and latencies as in the
experiment, but nothing ends the run early. A stage that would end it (it fails, cancels, takes
too long) blocks its dependants; the run may then end by any of the stages that would end it, in
whatever order they come. That set is complete for every scheduler that keeps the dependencies.
"""

import asyncio
import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from production_testers.experiments.factors import Factors
from production_testers.experiments.instruments import Instruments
from production_testers.experiments.recorder import Recorder
from production_testers.experiments.values import digest_of
from production_testers.model.canonical import Json
from production_testers.model.errors import UsageError
from production_testers.model.observation import Expected
from production_testers.model.pipeline import Outcome, PipelineSpec, StageSpec, Status
from production_testers.model.scenario import BLOCKING, WRITES, FaultKind, RunRequest, Scenario
from production_testers.model.semantics import Capability, SutDescription
from production_testers.simulation import SimulatedLoop, consulted, simulate
from production_testers.suts.contract import RunResult, StageCall, StageResult

_OURS = "production_testers.experiments.stages:"
LIMIT_S = 1e9
"""Every run is evaluated after the one before it: virtual time adds up, and costs nothing."""

MARGIN_MS = 1.0
"""A stage this near to its time-out may end either way."""

LATE = 1.1
"""A time-out may come this much later than stated, as a factor: `timing/timeout-enforced`."""


def expect(
    scenario: Scenario, factors: Factors, sut: SutDescription | None = None
) -> dict[str, Expected]:
    """For every run of the scenario, what the reference allows.

    Args:
        scenario: What is executed.
        factors: How long its pieces of work take.
        sut: Who executes it: what it does not tell its stages is not told here.

    Raises:
        UsageError: A stage gives something that JSON cannot say.
    """
    tells = sut is None or sut.offers(Capability.IDENTITY)

    async def main(_loop: SimulatedLoop) -> dict[str, Expected]:
        """One run after the other: nothing of one reaches another."""
        found: dict[str, Expected] = {}
        for request in scenario.requests:
            of_run = _Evaluation(scenario, scenario.pipeline, request, factors, found, tells=tells)
            await of_run.run()
        return found

    result: dict[str, Expected] = simulate(
        main, SimulatedLoop(limit_s=LIMIT_S), seed=factors.seed
    ).result
    return result


def _consulted(stage: StageSpec) -> object:
    """What `consulted` says; the stages that we bring ask for nothing, and asking costs time."""
    return None if stage.function.startswith(_OURS) else consulted()


@dataclass(slots=True)
class _Evaluation:
    scenario: Scenario
    pipeline: PipelineSpec
    request: RunRequest
    factors: Factors
    found: dict[str, Expected]
    nested: bool = False
    tells: bool = True
    unsteady: bool = False
    given: dict[str, Outcome] = field(default_factory=dict)
    endings: set[str] = field(default_factory=set)
    hanging: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    undefined: set[str] = field(default_factory=set)
    """Stages of which nothing is expected: frameworks differ in them, or they follow the clock."""
    told: set[str] = field(default_factory=set)
    """Stages behind one that asks for a skip: a framework may hand the request on as one more key
    of that output, so of the value that they compute from it nothing is expected."""
    executed: set[str] = field(default_factory=set)
    certain_ending: bool = False
    """Whether some stage certainly ends the run; behind a skipped one, frameworks differ."""

    async def run(self) -> Expected:
        """Evaluate every stage that can be reached; nested runs go beside this one."""
        pipeline = self.pipeline
        for name in pipeline.topological_order():
            stage = pipeline.stage(name)
            if not all(dependency in self.given for dependency in stage.after):
                continue  # behind a stage that ends the run
            if any(d in self.skipped or d in self.undefined for d in stage.after):
                self.undefined.add(name)
            if any(d in self.told or self.given[d].skip_dependants for d in stage.after):
                self.told.add(name)
            self.executed.add(name)
            await self._stage(stage)
            if name not in self.given and name not in self.undefined:
                self.certain_ending = True
        self.found[self.request.key] = Expected(
            outcomes=frozenset(self._outcomes()),
            outputs={
                name: _digest(name, outcome.value)
                for name, outcome in self.given.items()
                if name not in self.skipped | self.undefined | self.told
                and outcome.status is Status.OK
            },
            skipped=frozenset(self.skipped - self.undefined),
            executed=frozenset(self.executed - self.undefined - self.skipped - self._shared()),
        )
        return self.found[self.request.key]

    def _shared(self) -> set[str]:
        """Stages whose work another run with the same idempotency key may have done.

        Only WORK stages must be done once; whoever answers the whole request again is right, too.
        """
        key = self.request.idempotency_key
        same = [r for r in self.scenario.requests if r.idempotency_key == key]
        if not self.pipeline.deduplicates or key is None or len(same) < 2:
            return set()
        return {stage.name for stage in self.pipeline.stages}

    def _outcomes(self) -> set[str]:
        outcomes = set(self.endings)
        if self.hanging:
            outcomes.add("hangs")
        if not self.certain_ending:
            outcomes.add("completed")
        if self.request.cancel_after_ms is not None:
            outcomes.add("cancelled")
        if self.nested:
            outcomes.add("cancelled")  # whatever ends the run that it belongs to ends it as well
        return outcomes

    async def _stage(self, stage: StageSpec) -> None:
        if stage.skippable and any(self.given[d].skip_dependants for d in stage.after):
            self.skipped.add(stage.name)
            self.given[stage.name] = Outcome(status=Status.SKIP)
            return
        fault = self.scenario.fault_of(self.request.key, stage.name)
        if fault is not None and fault.kind is FaultKind.HANG:
            self.endings.add(f"failed:{stage.name}")  # by a stated time-out, or by the framework's
            if self.pipeline.stage_timeout_ms is None:
                self.hanging.add(stage.name)
            return
        before = _consulted(stage)
        outcome = await self._evaluate(stage)
        if stage.name in self._shared() and self._may_be_anothers(stage):
            self.unsteady = True
        if self.unsteady or _consulted(stage) != before:
            self._anything(stage, outcome)
        elif outcome is None:
            self.endings.add(f"failed:{stage.name}")
        elif outcome.status is Status.CANCEL:
            self.endings.add(f"cancelled:{stage.name}")
        else:
            if outcome.status is Status.SKIP:
                self.undefined.add(stage.name)
            self.given[stage.name] = outcome

    def _may_be_anothers(self, stage: StageSpec) -> bool:
        """Whether it makes a difference which of the runs of a request does the work."""
        key = self.request.idempotency_key
        before = {stage.name, *self.pipeline.ancestors()[stage.name]}
        faults = [
            fault
            for request in self.scenario.requests
            if request.idempotency_key == key
            for name in sorted(before)
            if (fault := self.scenario.fault_of(request.key, name)) is not None
        ]
        planned = [rule.fault for rule in self.scenario.plan.rules] if self.scenario.plan else []
        if "stage-hangs" in planned or any(fault.kind is FaultKind.HANG for fault in faults):
            self.hanging.add(stage.name)
        return bool(faults or planned)

    def _anything(self, stage: StageSpec, outcome: Outcome | None) -> None:
        """How the stage ends follows from more than its input, so it may end in any way.

        It reads a clock or draws, asks a service that remembers, runs a pipeline whose end is
        open, or its work may have been done for another run.
        """
        self.endings |= {f"failed:{stage.name}", f"cancelled:{stage.name}"}
        self.undefined.add(stage.name)
        self.given[stage.name] = outcome or Outcome()

    def _own(self, stage: StageSpec, value: dict[str, Any]) -> dict[str, Any]:
        """What the stage may write into without anybody noticing."""
        fault = self.scenario.fault_of(self.request.key, stage.name)
        writes = fault is not None and fault.kind in WRITES
        writes |= self.scenario.plan is not None and self.scenario.writes
        return copy.deepcopy(value) if writes or not stage.function.startswith(_OURS) else value

    async def _evaluate(self, stage: StageSpec) -> Outcome | None:
        """The stage's outcome, or None when it certainly fails."""
        self.unsteady = False
        loop = asyncio.get_running_loop()
        started = loop.time()
        recorder = Recorder(loop.time)
        recorder.close()  # only the outcome counts
        instruments = Instruments(self.scenario, recorder, self.factors)
        call = StageCall(
            input=self._own(stage, {**self.request.input, "run": self.request.key}),
            outputs={d: self._own(stage, dict(self.given[d].value)) for d in stage.after},
            identity=self.request.identity if self.tells else None,
            nest=self._nest,
        )
        limit = self.pipeline.stage_timeout_ms
        try:
            async with asyncio.timeout(self.scenario.limit_ms / 1000):
                outcome = await instruments.body(stage, call) or Outcome()
        except asyncio.CancelledError:
            self.unsteady = True  # a stage that says it was cancelled, though nobody did
            self.endings.add("cancelled")
            return None
        except TimeoutError:
            if limit is None and self._has_lasted(started, self.scenario.limit_ms):
                self.hanging.add(stage.name)
            return None
        except Exception:  # noqa: BLE001 - a stage that raises is one of the things evaluated
            return None
        finally:
            self.unsteady |= instruments.clock_read or instruments.asked_state
            self.unsteady |= limit is not None and self._is_blocked()
        if limit is not None and self._has_lasted(started, limit - MARGIN_MS):
            self.endings.add(f"failed:{stage.name}")
            if self._has_lasted(started, limit * LATE + MARGIN_MS):
                return None
        fails = outcome.status in (Status.FAIL, Status.RETRY) or outcome.instead is not None
        return None if fails else outcome

    def _is_blocked(self) -> bool:
        """Whether some stage may block the loop: then no time-out comes when it is due."""
        plan = self.scenario.plan
        return plan is not None and any(rule.fault == BLOCKING for rule in plan.rules)

    async def _nest(self, pipeline: PipelineSpec, request: RunRequest) -> RunResult:
        """A nested pipeline: where it may end in more than one way, nothing is expected."""
        nested = _Evaluation(
            self.scenario,
            pipeline,
            request,
            self.factors,
            self.found,
            nested=True,
            tells=self.tells,
        )
        expected = await nested.run()
        outcomes = expected.outcomes - {"cancelled"}
        if self.pipeline.stage_timeout_ms is not None:
            self.unsteady = True  # its stages overlap in time: how long it takes depends on whom
        if len(outcomes) != 1 or nested.undefined or "hangs" in outcomes:
            self.unsteady = True
            if "hangs" in outcomes:
                self.hanging.add(request.key)
        ended, _, stage = next(iter(outcomes), "completed").partition(":")
        return RunResult(
            ended="completed" if ended == "hangs" else ended,
            stage=stage or None,
            stages={
                name: StageResult(status=outcome.status, value=dict(outcome.value))
                for name, outcome in nested.given.items()
            },
        )

    def _has_lasted(self, started: float, milliseconds: float) -> bool:
        return (asyncio.get_running_loop().time() - started) * 1000 > milliseconds


def _digest(stage: str, value: Mapping[str, Json]) -> str:
    try:
        return digest_of(value, None)
    except TypeError as error:
        raise UsageError(
            f"Stage {stage!r} gives something that JSON cannot say: {error}.",
            do="Give text, numbers, lists and objects.",
        ) from error
