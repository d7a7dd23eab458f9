"""High load: a hundred requests at a time, as the entry asks."""

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

CONCURRENCY = 100
EXPERIMENT = Stress(concurrency=(1, 10, CONCURRENCY), executions=400)
"""What `python pipelines/stress.py` does; `ptest load FIN-001` makes the load of 5,000 a second."""


def pipeline() -> PipelineSpec:
    """The pipeline under load."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """A hundred runs of ten payments that start within 20 ms."""
    return Scenario(
        kind=Kind.STRESS,
        pipeline=baseline.varied(random),
        requests=baseline.some_requests(random, CONCURRENCY),
        latencies=latencies(random, spread=20.0),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
