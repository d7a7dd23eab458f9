"""Hostile use: stages write into what they received and use every status; marks stay hidden."""

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

KINDS = (FaultKind.MUTATE_INPUTS, FaultKind.CANCEL, FaultKind.RETRY, FaultKind.SKIP)


def pipeline() -> PipelineSpec:
    """The pipeline under attack."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """Two to six runs, and up to two hostile stages."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, random.randint(2, 6))
    return Scenario(
        kind=Kind.ADVERSARIAL,
        pipeline=drawn,
        requests=runs,
        faults=faults(random, drawn, runs, KINDS, count=random.randint(0, 2)),
        latencies=latencies(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )
