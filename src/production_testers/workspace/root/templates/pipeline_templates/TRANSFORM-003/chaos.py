"""One malformed record among ten thousand; their runs start within ten seconds."""

from random import Random

from pipelines import baseline

from production_testers.testing import (
    Kind,
    PipelineSpec,
    Scenario,
    latencies,
)

RECORDS = 10_000
WITHIN_MS = 10_000.0


def pipeline() -> PipelineSpec:
    """The pipeline that a malformed record goes through."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """Ten thousand runs, dozens of them at a time."""
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=baseline.varied(random),
        requests=baseline.some_requests(random, RECORDS, spread_ms=WITHIN_MS),
        latencies=latencies(random, spread=20.0),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )
