"""Hostile use: stages write into everything that they have received, at every depth."""

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

KINDS = (FaultKind.MUTATE_INPUTS, FaultKind.MUTATE_NESTED)
EXPERIMENT = Adversarial()


def pipeline() -> PipelineSpec:
    """The pipeline under attack."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """One to four runs, one to three stages that write."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, random.randint(1, 4))
    written = faults(random, drawn, runs, KINDS, count=random.randint(1, 3))
    return Scenario(
        kind=Kind.ADVERSARIAL,
        pipeline=drawn,
        requests=runs,
        faults=written,
        latencies=latencies(random, spread=20.0),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
