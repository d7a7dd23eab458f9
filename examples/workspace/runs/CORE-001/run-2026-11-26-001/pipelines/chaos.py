"""Failure injection: stages raise, fail, are slow or return nothing; callers give up."""

from dataclasses import replace
from random import Random

from production_testers.testing import (
    Chaos,
    FaultKind,
    Kind,
    PipelineSpec,
    Scenario,
    Steady,
    When,
    at_service,
    at_stage,
    fault_plan,
    faults,
    latencies,
    play,
)

from pipelines import baseline  # found by the import above

KINDS = (
    FaultKind.RAISE,
    FaultKind.FAIL,
    FaultKind.SLOW,
    FaultKind.RETURN_NONE,
    FaultKind.SLOW_CLEANUP,
)
PLANNED = (
    at_service("http-503", "llm", when=When(share=0.2)),
    at_service("llm-truncated", "llm", when=When(share=0.2), tokens=3),
    at_service("llm-empty", "llm", when=When(share=0.2)),
    at_stage("stage-raises-after-work", when=When(share=0.1)),
)
EXPERIMENT = Chaos(
    runs=150,
    every_ms=20,
    faults=(
        at_service("http-503", "llm", when=When(share=0.5)),
        at_service("llm-truncated", "llm", when=When(share=0.2), tokens=3),
        at_service("latency", when=When(share=0.3), ms=200),
        at_stage("stage-raises", when=When(share=0.1)),
        at_stage("stage-slow", when=When(share=0.1), ms=100),
    ),
    steady=Steady(completed_min=1.0, slower_max=1.5),
    restored_within_ms=500,
)
"""What `python pipelines/chaos.py` does: the faults happen in the middle third of the time, and the
steady state must be there before, and again so soon after."""


def pipeline() -> PipelineSpec:
    """The pipeline that things go wrong in."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """One to eight runs, up to four faults; in a third of the scenarios a caller cancels.

    In a quarter of them faults of services and stages come on top, by a plan.
    """
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, random.randint(1, 8))
    if random.random() < 0.33:
        gives_up = random.randrange(len(runs))
        after_ms = round(random.uniform(0, 20), 1)
        runs = tuple(
            replace(run, cancel_after_ms=after_ms) if i == gives_up else run
            for i, run in enumerate(runs)
        )
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=drawn,
        requests=runs,
        faults=faults(random, drawn, runs, KINDS, count=random.randint(0, 4)),
        latencies=latencies(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
        plan=fault_plan(random, *PLANNED) if random.random() < 0.25 else None,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
