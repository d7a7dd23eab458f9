"""Failure injection between two looks at the steady state, in virtual time."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from production_testers.experiments.chaos import at_service, at_stage, fault_plan
from production_testers.experiments.execution import execute
from production_testers.experiments.firing import fired_faults
from production_testers.experiments.five.ground import Ground, Measurement, percentile, rounded
from production_testers.experiments.five.timeline import Run, runs_of, times_ms
from production_testers.experiments.workloads import during
from production_testers.model.canonical import Json
from production_testers.model.fault_plan import Rule, When
from production_testers.model.scenario import Kind
from production_testers.model.shares import Share

PHASES = ("before", "during", "after")


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """What the steady state is.

    Attributes:
        completed_min: Share of the runs that complete.
        slower_max: How much longer the 95th percentile may be than before the faults.
    """

    completed_min: float = 1.0
    slower_max: float = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Chaos:
    """Runs at a constant rate; in the middle third of the time faults happen.

    Attributes:
        faults: What happens; their own times give way to the experiment's.
        runs: In all three phases together.
        every_ms: From one start to the next.
        steady: What must be so before, and again after.
        restored_within_ms: So long after the last fault the steady state must be back.
    """

    faults: tuple[Rule, ...] = field(
        default_factory=lambda: (
            at_service("http-503", "llm", when=When(share=0.5)),
            at_service("latency", when=When(share=0.3), ms=200),
            at_stage("stage-raises", when=When(share=0.1)),
            at_stage("stage-slow", when=When(share=0.1), ms=100),
        )
    )
    runs: int = 150
    every_ms: float = 20.0
    steady: Steady = field(default_factory=Steady)
    restored_within_ms: float = 500.0

    def perform(self, ground: Ground) -> Measurement:
        """Execute all three phases in one go, so that what faults leave behind shows."""
        third = max(1, ground.runs(self.runs) // 3)
        requests = ground.requests(3 * third, "chaos", every_ms=self.every_ms)
        begin, end = third * self.every_ms, 2 * third * self.every_ms
        timed = during(self.faults, begin, end)
        plan = fault_plan(ground.random("chaos", "plan"), *timed) if timed else None
        scenario = ground.scenario(Kind.CHAOS, requests, plan=plan)
        observation, _ = execute(ground.adapter, scenario, ground.sut)
        runs = runs_of(observation.history)
        parts = {
            "before": [run for run in runs if run.start_ms < begin],
            "during": [run for run in runs if begin <= run.start_ms < end],
            "after": [run for run in runs if run.start_ms >= end],
        }
        usual = percentile(times_ms(parts["before"]), 0.95)
        fired = fired_faults(scenario, observation.history)
        restored = self._restored_ms(parts["after"], end, usual)
        unclear = []
        if not self._is_steady(parts["before"], usual):
            unclear.append("The steady state was not there before the faults.")
        if not fired.total():
            unclear.append(f"None of the {len(self.faults)} planned faults happened.")
        broken = []
        if restored is None:
            broken.append("The steady state did not come back after the faults.")
        elif restored > self.restored_within_ms:
            broken.append(
                f"The steady state came back {restored:g} ms after the last fault;"
                f" {self.restored_within_ms:g} ms are allowed."
            )
        return Measurement.of(
            broken=broken,
            unclear=unclear,
            figures={
                "faults_planned": len(self.faults),
                "faults_fired": dict(sorted(fired.items())),
                "faults_that_did_not_happen": sorted(
                    {rule.fault for rule in self.faults} - set(fired)
                ),
                "restored_after_ms": rounded(restored),
                "restored_within_ms": self.restored_within_ms,
            },
            table=[self._row(phase, parts[phase], usual) for phase in PHASES],
        )

    def _is_steady(self, runs: Sequence[Run], usual_ms: float | None) -> bool:
        times = times_ms(list(runs))
        if not runs or not times or usual_ms is None:
            return False
        slow = percentile(times, 0.95)
        assert slow is not None, "there is a time"
        enough = len(times) >= self.steady.completed_min * len(runs)
        return enough and slow <= self.steady.slower_max * usual_ms

    def _restored_ms(
        self, after: Sequence[Run], end_ms: float, usual_ms: float | None
    ) -> float | None:
        """From the end of the faults to the first run from which on all is steady."""
        for number, run in enumerate(after):
            if self._is_steady(after[number:], usual_ms):
                return max(0.0, run.start_ms - end_ms)
        return None

    def _row(self, phase: str, runs: list[Run], usual_ms: float | None) -> dict[str, Json]:
        times = times_ms(runs)
        return {
            "phase": phase,
            "runs": len(runs),
            "completed": Share(len(times), len(runs)).as_json(),
            "p50_ms": rounded(percentile(times, 0.5)),
            "p95_ms": rounded(percentile(times, 0.95)),
            "steady": self._is_steady(runs, usual_ms),
        }
