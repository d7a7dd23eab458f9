"""A thousand runs at the same moment."""

from random import Random

from pipelines import baseline

from production_testers.testing import (
    Kind,
    PipelineSpec,
    Scenario,
    latencies,
)

RUNS = 1_000


def pipeline() -> PipelineSpec:
    """The pipeline under load."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """A thousand runs, none of which has ended when the last one starts."""
    return Scenario(
        kind=Kind.STRESS,
        pipeline=baseline.varied(random),
        requests=baseline.some_requests(random, RUNS),
        latencies=latencies(random, spread=20.0),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )
