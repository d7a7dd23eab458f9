"""The highest rate that still meets its targets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from production_testers.experiments.targets import AT_LEAST, PERCENTILES, targets_missed
from production_testers.load.arrivals import constant
from production_testers.load.documents import figures
from production_testers.load.plan import Plan
from production_testers.load.result import Result

Perform = Callable[[Plan], Result]

KEEPS_UP = 0.98
"""A target that completes a smaller share of what is offered does not keep up."""

WITHIN = 0.05
"""The search ends when the lowest rate that failed is at most this much above the best."""

TRIALS_MAX = 14
CALLERS = 100
UNSURE_AGAIN = 1
"""A trial whose interval holds the target is repeated so often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One rate that was tried.

    Attributes:
        rate: Offered, a second.
        completed: Completed, a second.
        p50_ms: Latency from the intended start.
        p99_ms: The same.
        met: Whether every target was met.
        sure: Whether the intervals of confidence say the same.
        why: What was missed.
    """

    rate: float
    completed: float
    p50_ms: float
    p99_ms: float
    met: bool
    sure: bool
    why: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it stands in reports."""
        return {
            "rate": round(self.rate, 2),
            "completed_tps": round(self.completed, 2),
            "p50_ms": round(self.p50_ms, 4),
            "p99_ms": round(self.p99_ms, 4),
            "met": self.met,
            "sure": self.sure,
            "why": list(self.why),
        }


@dataclass(slots=True)
class Search:
    """Bisects the rate.

    Attributes:
        plan: Target and duration of one trial.
        targets: What must be met.
        perform: Carries a plan out.
        tell: Shows progress.
    """

    plan: Plan
    targets: Mapping[str, float]
    perform: Perform
    tell: Callable[[str], None]

    def run(self) -> dict[str, Any]:
        """The highest rate that met the targets, the lowest that did not, and every trial."""
        closed = replace(self.plan, shape=None, concurrency=max(CALLERS, self.plan.workers))
        most = self.perform(closed).throughput
        self.tell(f"  closed loop of {CALLERS}: {most:,.0f} a second")
        trials: list[Trial] = []
        met, missed = 0.0, 0.0
        rate = most * 0.7
        while rate >= 1 and len(trials) < TRIALS_MAX:
            trial = self._trial(rate)
            trials.append(trial)
            self.tell(
                f"  {rate:,.0f} a second: p99 {trial.p99_ms:,.4g} ms,"
                f" {'met' if trial.met else '; '.join(trial.why)}"
            )
            if trial.met:
                met = max(met, rate)
            else:
                missed = min(missed or rate, rate)
            if met and missed and missed <= met * (1 + WITHIN):
                break
            rate = (met + missed) / 2 if missed else rate * 1.3
            if not met:
                rate = missed / 2
        return {
            "targets": dict(self.targets),
            "closed_loop_tps": round(most, 2),
            "sustainable_tps": round(met, 2) if met else None,
            "missed_from_tps": round(missed, 2) if missed else None,
            "sure": any(trial.sure for trial in trials if trial.rate == met),
            "trials": [trial.as_json() for trial in sorted(trials, key=lambda one: one.rate)],
        }

    def _trial(self, rate: float) -> Trial:
        plan = replace(self.plan, shape=constant(rate), concurrency=None)
        trial = judged(self.perform(plan), rate, self.targets)
        for _ in range(UNSURE_AGAIN):
            if trial.sure:
                break
            again = judged(self.perform(plan), rate, self.targets)
            if again.met == trial.met:
                return replace(again, sure=True)
            trial = replace(again, met=False, why=again.why or trial.why)
        return trial


def judged(result: Result, rate: float, targets: Mapping[str, float]) -> Trial:
    """What one load says of a rate."""
    found = figures(result)
    why = targets_missed(found, targets)
    if result.throughput < rate * KEEPS_UP and not _keeps_up(result, rate):
        why.append(f"{result.throughput:,.0f} of {rate:,.0f} a second were completed")
    if result.partial:
        why.append(result.partial[0])
    return Trial(
        rate=rate,
        completed=result.throughput,
        p50_ms=found["p50_ms"],
        p99_ms=found["p99_ms"],
        met=not why,
        sure=_is_sure(result, targets),
        why=tuple(why),
    )


def _keeps_up(result: Result, rate: float) -> bool:
    """Where few operations were made, chance alone may leave out some."""
    edges = result.confidence.get(AT_LEAST)
    return edges is not None and edges[1] >= rate * KEEPS_UP


def _is_sure(result: Result, targets: Mapping[str, float]) -> bool:
    """No interval holds its target."""
    for name, target in targets.items():
        edges = result.confidence.get(name)
        if name not in (*PERCENTILES, AT_LEAST):
            continue
        if edges is None or edges[0] <= target <= edges[1]:
            return False
    return True
