"""Hostile use: stages write into what they received and use every status; marks stay hidden."""

from random import Random

from production_testers.testing import (
    Adversarial,
    FaultKind,
    Kind,
    PipelineSpec,
    Scenario,
    faults,
    latencies,
    play,
)

from pipelines import baseline  # found by the import above

KINDS = (FaultKind.MUTATE_INPUTS, FaultKind.CANCEL, FaultKind.RETRY, FaultKind.SKIP)

EXPERIMENT = Adversarial()


def pipeline() -> PipelineSpec:
    """The pipeline under attack."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """Two to six runs, and up to two hostile stages."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, random.randint(2, 6))
    return Scenario(
        kind=Kind.ADVERSARIAL,
        pipeline=drawn,
        requests=runs,
        faults=faults(random, drawn, runs, KINDS, count=random.randint(0, 2)),
        latencies=latencies(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
