"""What the reference allows: every stage evaluated under the declared semantics, nothing stopped.

Stages are evaluated in dependency order with the same functions, faults and latencies as in the
experiment, but nothing ends the run early. A stage that would end it (it fails, cancels, takes
too long) blocks its dependants; the run may then end by any of the stages that would end it, in
whatever order they come. That set is complete for every scheduler that keeps the dependencies.
"""

import asyncio
from dataclasses import dataclass, field

from production_testers.experiments.instruments import Instruments, Recorder, digest_of
from production_testers.model.observation import Expected
from production_testers.model.pipeline import Outcome, StageSpec, Status
from production_testers.model.scenario import FaultKind, RunRequest, Scenario
from production_testers.simulation import Choices, SimulatedLoop, simulate
from production_testers.suts.contract import StageCall

MARGIN_MS = 1.0
"""A stage this near to its time-out may end either way."""


def expect(scenario: Scenario, choices: Choices) -> dict[str, Expected]:
    """For every run of the scenario, what the reference allows."""

    async def main(_loop: SimulatedLoop) -> dict[str, Expected]:
        """One run after the other: nothing of one reaches another."""
        return {
            request.key: await _Evaluation(scenario, request, choices).run()
            for request in scenario.requests
        }

    result: dict[str, Expected] = simulate(main, Choices(seed=choices.seed)).result
    return result


@dataclass(slots=True)
class _Evaluation:
    scenario: Scenario
    request: RunRequest
    choices: Choices
    elapsed_ms: float = 0.0
    given: dict[str, Outcome] = field(default_factory=dict)
    endings: set[str] = field(default_factory=set)
    hanging: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    undefined: set[str] = field(default_factory=set)
    executed: set[str] = field(default_factory=set)
    certain_ending: bool = False
    """Whether some stage certainly ends the run; behind a skipped one, frameworks differ."""

    async def run(self) -> Expected:
        """Evaluate every stage that can be reached."""
        pipeline = self.scenario.pipeline
        for name in pipeline.topological_order():
            stage = pipeline.stage(name)
            if not all(dependency in self.given for dependency in stage.after):
                continue  # behind a stage that ends the run
            if any(d in self.skipped or d in self.undefined for d in stage.after):
                self.undefined.add(name)
            self.executed.add(name)
            await self._stage(stage)
            if name not in self.given and name not in self.undefined:
                self.certain_ending = True
        return Expected(
            outcomes=frozenset(self._outcomes()),
            outputs={
                name: digest_of(outcome.value, None)
                for name, outcome in self.given.items()
                if name not in self.skipped | self.undefined and outcome.status is Status.OK
            },
            skipped=frozenset(self.skipped - self.undefined),
            executed=frozenset(self.executed - self.undefined - self.skipped),
        )

    def _outcomes(self) -> set[str]:
        outcomes = set(self.endings)
        if self.hanging:
            outcomes.add("hangs")
        if not self.certain_ending:
            outcomes.add("completed")
        if self.request.cancel_after_ms is not None:
            outcomes.add("cancelled")
        return outcomes

    async def _stage(self, stage: StageSpec) -> None:
        if stage.skippable and any(self.given[d].skip_dependants for d in stage.after):
            self.skipped.add(stage.name)
            self.given[stage.name] = Outcome(status=Status.SKIP)
            return
        fault = self.scenario.fault_of(self.request.key, stage.name)
        if fault is not None and fault.kind is FaultKind.HANG:
            self.endings.add(f"failed:{stage.name}")  # by a stated time-out, or by the framework's
            if self.scenario.pipeline.stage_timeout_ms is None:
                self.hanging.add(stage.name)
            return
        outcome = await self._evaluate(stage)
        if outcome is None:
            self.endings.add(f"failed:{stage.name}")
        elif outcome.status is Status.CANCEL:
            self.endings.add(f"cancelled:{stage.name}")
        else:
            if outcome.status is Status.SKIP:
                self.undefined.add(stage.name)
            self.given[stage.name] = outcome

    async def _evaluate(self, stage: StageSpec) -> Outcome | None:
        """The stage's outcome, or None when it certainly fails."""
        self.elapsed_ms = 0.0
        instruments = Instruments(self.scenario, Recorder(lambda: 0.0), self.choices, self._sleep)
        call = StageCall(
            input={**self.request.input, "run": self.request.key},
            outputs={d: dict(self.given[d].value) for d in stage.after},
            identity=self.request.identity,
        )
        try:
            outcome = await instruments.body(stage, call) or Outcome()
        except Exception:  # noqa: BLE001 - a stage that raises is one of the things evaluated
            return None
        limit = self.scenario.pipeline.stage_timeout_ms
        if limit is not None and self.elapsed_ms > limit - MARGIN_MS:
            self.endings.add(f"failed:{stage.name}")
            if self.elapsed_ms > limit + MARGIN_MS:
                return None
        return None if outcome.status in (Status.FAIL, Status.RETRY) else outcome

    async def _sleep(self, seconds: float) -> None:
        self.elapsed_ms += seconds * 1000
        await asyncio.sleep(0)
