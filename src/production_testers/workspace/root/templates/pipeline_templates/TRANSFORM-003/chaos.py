"""One malformed record among five hundred at a time, twenty times over: ten thousand in all."""

from random import Random

from pipelines import baseline

from production_testers.testing import (
    Kind,
    PipelineSpec,
    Scenario,
    latencies,
)

RECORDS = 500


def pipeline() -> PipelineSpec:
    """The pipeline that a malformed record goes through."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """Five hundred runs, one of them with a malformed record."""
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=baseline.varied(random),
        requests=baseline.some_requests(random, RECORDS),
        latencies=latencies(random, spread=20.0),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )
