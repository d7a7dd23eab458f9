"""High load: many runs of one built pipeline overlap, with very uneven latencies."""

from random import Random

from production_testers.testing import (
    Kind,
    PipelineSpec,
    Scenario,
    Stress,
    latencies,
    play,
)

from pipelines import baseline  # found by the import above

RUNS_MAX = 16
EXPERIMENT = Stress(
    concurrency=(1, 10, 100),
    payload_chars=(1_000, 100_000, 1_000_000),
    fan_out=(10, 100),
    depth=(10, 100),
    executions=100,
)
"""What `python pipelines/stress.py` does: it climbs each of these, for real."""


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


if __name__ == "__main__":
    raise SystemExit(play(__file__))
