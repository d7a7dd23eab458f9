"""Five hundred records at a time, of which one in a hundred is malformed."""

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

RECORDS = 500
EXPERIMENT = Stress()


def pipeline() -> PipelineSpec:
    """The pipeline under load."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """Five hundred runs that start within 20 ms."""
    return Scenario(
        kind=Kind.STRESS,
        pipeline=baseline.varied(random),
        requests=baseline.some_requests(random, RECORDS, malformed=5),
        latencies=latencies(random, spread=20.0),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
