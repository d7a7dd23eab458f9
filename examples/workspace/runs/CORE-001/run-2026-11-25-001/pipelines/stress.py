"""High load: many runs of one built pipeline overlap, with very uneven latencies."""

from random import Random

from pipelines import baseline

from production_testers.testing import Kind, PipelineSpec, Scenario, latencies

RUNS_MAX = 16


def pipeline() -> PipelineSpec:
    """The pipeline under load."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """Two to sixteen runs that start within a few milliseconds."""
    return Scenario(
        kind=Kind.STRESS,
        pipeline=baseline.varied(random),
        requests=baseline.some_requests(random, random.randint(2, RUNS_MAX)),
        latencies=latencies(random, spread=20.0),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )
