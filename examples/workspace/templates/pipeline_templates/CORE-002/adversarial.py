"""Hostile use of large snapshots: a stage writes into 105 MB that it has received."""

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

KINDS = (FaultKind.MUTATE_INPUTS, FaultKind.CANCEL, FaultKind.RETRY)
EXPERIMENT = Adversarial()


def pipeline() -> PipelineSpec:
    """The pipeline under attack."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """Two runs, one hostile stage."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, baseline.RUNS_MAX)
    return Scenario(
        kind=Kind.ADVERSARIAL,
        pipeline=drawn,
        requests=runs,
        faults=faults(random, drawn, runs, KINDS),
        latencies=latencies(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
