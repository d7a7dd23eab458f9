"""A thousand runs at the same moment, some of which go wrong."""

from random import Random

from production_testers.testing import (
    Chaos,
    FaultKind,
    Kind,
    PipelineSpec,
    Scenario,
    faults,
    latencies,
    play,
)

from pipelines import baseline  # found by the import above

KINDS = (FaultKind.RAISE, FaultKind.FAIL, FaultKind.SLOW)
RUNS = 1_000
EXPERIMENT = Chaos()


def pipeline() -> PipelineSpec:
    """The pipeline that things go wrong in."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """A thousand runs; up to ten of them are hit."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, RUNS)
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=drawn,
        requests=runs,
        faults=faults(random, drawn, runs[:10], KINDS, count=random.randint(1, 3)),
        latencies=latencies(random, spread=20.0),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
