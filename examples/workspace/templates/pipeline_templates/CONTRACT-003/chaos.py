"""Partial output: stages fail or cancel while others have given their output and more still run."""

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

KINDS = (FaultKind.RAISE, FaultKind.FAIL, FaultKind.CANCEL, FaultKind.SLOW_CLEANUP)
EXPERIMENT = Chaos()


def pipeline() -> PipelineSpec:
    """The pipeline that things go wrong in."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """One to four runs, one to three faults."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, random.randint(1, 4))
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=drawn,
        requests=runs,
        faults=faults(random, drawn, runs, KINDS, count=random.randint(1, 3)),
        latencies=latencies(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
