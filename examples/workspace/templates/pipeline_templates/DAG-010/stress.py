"""Bursts: 50 to 150 runs of one built pipeline start within a few milliseconds."""

from random import Random

from pipelines import baseline

from production_testers.testing import (
    Kind,
    PipelineSpec,
    Scenario,
    latencies,
)

RUNS = (50, 150)


def pipeline() -> PipelineSpec:
    """The pipeline under load."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """One burst."""
    return Scenario(
        kind=Kind.STRESS,
        pipeline=baseline.varied(random),
        requests=baseline.some_requests(random, random.randint(*RUNS)),
        latencies=latencies(random, spread=20.0),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )
