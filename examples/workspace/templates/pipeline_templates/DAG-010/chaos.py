"""Bursts in which some runs go wrong: the others must not notice."""

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

KINDS = (FaultKind.RAISE, FaultKind.FAIL, FaultKind.SLOW, FaultKind.SLOW_CLEANUP)
RUNS = (50, 100)


def pipeline() -> PipelineSpec:
    """The pipeline that things go wrong in."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """One burst with one to four faults, each in some of its runs."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, random.randint(*RUNS))
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=drawn,
        requests=runs,
        faults=faults(random, drawn, runs[:10], KINDS, count=random.randint(1, 4)),
        latencies=latencies(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )
