"""Stages give nothing, or something that is no output."""

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

KINDS = (FaultKind.RETURN_NONE, FaultKind.RETURN_OTHER)

EXPERIMENT = Chaos()


def pipeline() -> PipelineSpec:
    """The pipeline whose stages give nothing."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """One to four runs; one to three stages give nothing, or a text."""
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
