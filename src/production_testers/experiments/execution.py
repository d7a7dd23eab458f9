"""Executes one scenario under simulation and returns the observation that the laws judge."""

import asyncio
from contextvars import copy_context
from typing import Any

from production_testers.experiments.expectation import expect
from production_testers.experiments.factors import Factors
from production_testers.experiments.footprint import footprint
from production_testers.experiments.instruments import Instruments
from production_testers.experiments.recorder import Recorder
from production_testers.experiments.using import Use
from production_testers.experiments.watching import RUN, changed_since, watching
from production_testers.mocks.faults import Way, checked
from production_testers.model.history import EventKind
from production_testers.model.observation import Left, Observation
from production_testers.model.scenario import FaultKind, RunRequest, Scenario
from production_testers.model.semantics import Capability, SutDescription
from production_testers.simulation import (
    Ended,
    ExploringLoop,
    Schedule,
    Session,
    SimulatedLoop,
    rebind,
    simulate,
)
from production_testers.suts.contract import Adapter, RunResult
from production_testers.units import UNITS

PASSES_MAX = 2_000_000
"""The livelock bound."""

_OURS = __name__.partition(".")[0]
_STUCK = {Ended.DEADLOCK: EventKind.DEADLOCK, Ended.LIMIT: EventKind.LIMIT_REACHED}


def factors_for(scenario: Scenario) -> Factors:
    """The factors that a scenario's latencies state."""
    latencies = scenario.latencies
    return Factors(
        seed=latencies.seed, low=latencies.low, high=latencies.high, fixed=latencies.fixed
    )


def loop_for(scenario: Scenario) -> SimulatedLoop:
    """The loop that keeps, or changes, the order of ready tasks as the scenario says."""
    seed, limit_s = scenario.latencies.seed, scenario.limit_ms / 1000
    if scenario.feasible:
        return SimulatedLoop(seed, limit_s=limit_s)
    schedule = Schedule(order_seed=seed, order=scenario.order, holds=scenario.holds)
    return ExploringLoop(schedule, limit_s=limit_s, pass_limit=PASSES_MAX)


def needs(scenario: Scenario) -> frozenset[Capability]:
    """What a framework must offer for the scenario to mean anything on it."""
    if scenario.usage is not None:
        return UNITS[scenario.usage.unit].needs(scenario.usage)
    needed = {_NEED_OF_FAULT[f.kind] for f in scenario.faults if f.kind in _NEED_OF_FAULT}
    needed |= scenario.pipeline.needs()
    if scenario.writes:
        needed.add(Capability.IMMUTABLE_INPUTS)
    if len(scenario.requests) > 1:
        needed.add(Capability.CONCURRENT_RUNS)
    if any(request.cancel_after_ms is not None for request in scenario.requests):
        needed.add(Capability.EXTERNAL_CANCELLATION)
    return frozenset(needed)


_NEED_OF_FAULT = {
    FaultKind.FAIL: Capability.STATUS_FAIL,
    FaultKind.CANCEL: Capability.STATUS_CANCEL,
    FaultKind.RETRY: Capability.STATUS_RETRY,
    FaultKind.SKIP: Capability.STATUS_SKIP,
    FaultKind.RETURN_OTHER: Capability.OUTPUTS_ONLY,
}


def _roots_of(scenario: Scenario) -> frozenset[str]:
    """Top-level import names of the stages: they read the same clock as the framework."""
    modules = {path.partition(":")[0] for path in scenario.pipeline.functions()}
    return frozenset(module.partition(".")[0] for module in modules) - {_OURS}


def execute(
    adapter: Adapter, scenario: Scenario, sut: SutDescription, *, factors: Factors | None = None
) -> tuple[Observation, Session]:
    """Run the scenario once, simulated.

    Args:
        adapter: Of the framework that is installed here.
        scenario: What to run.
        sut: What the adapter says of itself (`describe` reads files, so it is asked once).
        factors: Those of the scenario, for a caller that wants to know which were asked for.

    Returns:
        What happened, and what the simulation left behind (steps, virtual time, lost exceptions).

    Raises:
        InvalidDocumentError: The scenario's fault plan cannot happen in a simulation.
    """
    factors = factors or factors_for(scenario)
    if scenario.plan is not None:
        checked(scenario.plan, Way.SIMULATED, path="the scenario's plan")
    rebind((*adapter.import_roots, *_roots_of(scenario)))
    run: dict[str, Recorder] = {}

    async def main(loop: SimulatedLoop) -> None:
        """The application: it builds, and starts every run."""
        recorder = run["recorder"] = Recorder(loop.time)
        instruments = Instruments(scenario, recorder, factors)
        with watching(adapter, scenario, instruments):
            if scenario.usage is not None:
                await Use(adapter, scenario, recorder, factors).run()
            else:
                await _Execution(adapter, scenario, instruments).run()

    def stuck(ended: Ended, detail: tuple[str, ...]) -> None:
        if ended is Ended.STOPPED:
            raise RuntimeError("; ".join(detail))  # somebody stopped our loop: it shows nothing
        run["recorder"].add(_STUCK[ended], detail=list(detail[:20]))

    with footprint() as found:
        session = simulate(
            main,
            loop_for(scenario),
            seed=scenario.latencies.seed,
            on_stuck=stuck,
            on_rest=lambda: run["recorder"].close(),  # noqa: PLW0108 - it is made later
        )
    observation = Observation(
        scenario=scenario,
        sut=sut,
        history=run["recorder"].history(),
        expected=expect(scenario, factors_for(scenario), sut),
        left=Left(
            pending=session.pending,
            lost=session.lost,
            unawaited=session.unawaited,
            changed=found.changed,
            files=tuple(found.files),
        ),
    )
    return observation, session


class _Execution:
    """One execution: builds the pipeline, then plays the callers of its runs."""

    def __init__(self, adapter: Adapter, scenario: Scenario, instruments: Instruments) -> None:
        self.adapter = adapter
        self.scenario = scenario
        self.instruments = instruments
        self.record = instruments.recorder.add

    async def run(self) -> None:
        """Build once, start every run, and wait until all have ended."""
        pipeline = self.scenario.pipeline
        try:
            built = self.adapter.build(pipeline, self.instruments.body)
        except Exception as error:  # noqa: BLE001 - a refusal is the framework's answer
            for request in self.scenario.requests:
                self.record(
                    EventKind.RUN_ENDED, request.key,
                    outcome="refused", error=type(error).__name__, message=str(error)[:200],
                )  # fmt: skip
            return
        callers = [
            asyncio.create_task(self._caller(built, request), name=request.key)
            for request in self.scenario.requests
        ]
        await asyncio.wait(callers)
        for caller in callers:
            caller.result()

    async def _caller(self, built: Any, request: RunRequest) -> None:
        """What an application does: start a run, perhaps cancel it, look at what it got."""
        await asyncio.sleep(request.start_ms / 1000)
        RUN.set(request.key)
        self.record(EventKind.RUN_STARTED, request.key)
        left: list[str] = []
        task = asyncio.create_task(self._run(built, request, left))
        if request.cancel_after_ms is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(request.cancel_after_ms / 1000, self._cancel, task, request.key)
        await asyncio.wait([task])
        result = RunResult(ended="cancelled") if task.cancelled() else task.result()
        described: dict[str, Any] = self.instruments.described(request.key, result)
        more: dict[str, Any] = {"context": left} if left else {}
        self.record(EventKind.RUN_ENDED, request.key, **described, **more)

    async def _run(self, built: Any, request: RunRequest, left: list[str]) -> RunResult:
        """The run; `left` takes the context variables that the framework has changed."""
        before = copy_context()
        try:
            return await self.adapter.run(built, self.scenario.pipeline, request)
        finally:
            left += changed_since(before)

    def _cancel(self, task: asyncio.Task[RunResult], run: str) -> None:
        if not task.done():
            self.record(EventKind.RUN_CANCELLED, run)
            task.cancel()
