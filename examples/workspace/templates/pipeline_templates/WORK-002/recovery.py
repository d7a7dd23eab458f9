"""After failures: the work of a request fails, and its callers send it again until it is done."""

from random import Random

from production_testers.testing import (
    FaultKind,
    Kind,
    PipelineSpec,
    Recovery,
    Scenario,
    faults,
    latencies,
    play,
)

from pipelines import baseline  # found by the import above

EXPERIMENT = Recovery()


def pipeline() -> PipelineSpec:
    """The pipeline that has to recover."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """One to three requests whose first attempt fails in some stage, or is given up."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, 2 * random.randint(1, 3))
    first = tuple(run for run in runs if "-again" not in run.key)
    kinds = (FaultKind.RAISE, FaultKind.FAIL, FaultKind.SLOW_CLEANUP)
    return Scenario(
        kind=Kind.RECOVERY,
        pipeline=drawn,
        requests=runs,
        faults=faults(random, drawn, first, kinds),
        latencies=latencies(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
