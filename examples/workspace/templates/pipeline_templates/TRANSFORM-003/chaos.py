"""One malformed record among five hundred at a time, twenty times over: ten thousand in all."""

from random import Random

from production_testers.testing import (
    Chaos,
    Kind,
    PipelineSpec,
    Scenario,
    latencies,
    play,
)

from pipelines import baseline  # found by the import above

RECORDS = 500
EXPERIMENT = Chaos()


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


if __name__ == "__main__":
    raise SystemExit(play(__file__))
