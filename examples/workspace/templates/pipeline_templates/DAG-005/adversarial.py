"""Hostile use of wide graphs: one of many parallel stages cancels, fails or writes."""

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

KINDS = (FaultKind.MUTATE_INPUTS, FaultKind.CANCEL, FaultKind.RETRY)


def pipeline() -> PipelineSpec:
    """The pipeline under attack."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """Two runs, one or two hostile stages."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, baseline.RUNS_MAX)
    return Scenario(
        kind=Kind.ADVERSARIAL,
        pipeline=drawn,
        requests=runs,
        faults=faults(random, drawn, runs, KINDS, count=random.randint(1, 2)),
        latencies=latencies(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )
