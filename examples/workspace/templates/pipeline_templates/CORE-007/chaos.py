"""Runs that fail or cancel come first; those behind and beside them must not notice."""

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

KINDS = (
    FaultKind.RAISE,
    FaultKind.FAIL,
    FaultKind.CANCEL,
    FaultKind.RETRY,
    FaultKind.SKIP,
    FaultKind.RETURN_NONE,
    FaultKind.SLOW,
)

EXPERIMENT = Chaos()


def pipeline() -> PipelineSpec:
    """The pipeline that serves all of them."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """Three to eight runs; the first half of them may end in any way."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, random.randint(3, 8))
    hit = faults(random, drawn, runs[: len(runs) // 2 + 1], KINDS, count=random.randint(1, 3))
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=drawn,
        requests=runs,
        faults=hit,
        latencies=latencies(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
