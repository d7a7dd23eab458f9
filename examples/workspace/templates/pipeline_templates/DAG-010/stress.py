"""Bursts: 50 to 150 runs of one built pipeline start within a few milliseconds."""

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

RUNS = (50, 150)
EXPERIMENT = Stress()


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


if __name__ == "__main__":
    raise SystemExit(play(__file__))
