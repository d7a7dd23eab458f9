"""Bursts in which some runs go wrong: the others must not notice."""

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

KINDS = (FaultKind.RAISE, FaultKind.FAIL, FaultKind.SLOW, FaultKind.SLOW_CLEANUP)
RUNS = (50, 100)
EXPERIMENT = Chaos()


def pipeline() -> PipelineSpec:
    """The pipeline that things go wrong in."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """One burst with one to four faults, each in some of its runs."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, random.randint(*RUNS))
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=drawn,
        requests=runs,
        faults=faults(random, drawn, runs[:10], KINDS, count=random.randint(1, 4)),
        latencies=latencies(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
