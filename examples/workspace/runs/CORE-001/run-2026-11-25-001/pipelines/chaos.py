"""Failure injection: stages raise, fail, are slow or return nothing; callers give up."""

from dataclasses import replace
from random import Random

from pipelines import baseline

from production_testers.testing import (
    FaultKind,
    Kind,
    PipelineSpec,
    Scenario,
    faults,
    latencies,
)

KINDS = (
    FaultKind.RAISE,
    FaultKind.FAIL,
    FaultKind.SLOW,
    FaultKind.RETURN_NONE,
    FaultKind.SLOW_CLEANUP,
)


def pipeline() -> PipelineSpec:
    """The pipeline that things go wrong in."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """One to eight runs, up to four faults; in a third of the scenarios a caller cancels."""
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
    )
