"""Stages end well, badly or not in time at the same moments; every run must end all the same."""

from random import Random

from production_testers.testing import (
    Chaos,
    FaultKind,
    Kind,
    PipelineSpec,
    Scenario,
    faults,
    play,
)

from pipelines import baseline  # found by the import above

KINDS = (
    FaultKind.RAISE,
    FaultKind.FAIL,
    FaultKind.CANCEL,
    FaultKind.SKIP,
    FaultKind.RETURN_NONE,
    FaultKind.SLOW_CLEANUP,
)

EXPERIMENT = Chaos()


def pipeline() -> PipelineSpec:
    """The pipeline that things go wrong in."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """One to six runs, one to four faults."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, random.randint(1, 6))
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=drawn,
        requests=runs,
        faults=faults(random, drawn, runs, KINDS, count=random.randint(1, 4)),
        latencies=baseline.times(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
