"""After failures: a first wave of runs fails, a second one, later and without faults, must not."""

from dataclasses import replace
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

PAUSE_MS = 1_000.0
EXPERIMENT = Recovery(
    items=60, ways=("fail", "stop", "kill -9"), concurrency=5, restored_within_s=30
)
"""What `python pipelines/recovery.py` does: a process of its own ends in each of these ways in the
middle of its work, and the next one must lose nothing and do nothing twice."""


def pipeline() -> PipelineSpec:
    """The pipeline that has to recover."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """Two to eight runs that may fail, then as many that must complete."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, 2 * random.randint(2, 8))
    half = len(runs) // 2
    first = runs[:half]
    second = tuple(replace(run, start_ms=run.start_ms + PAUSE_MS) for run in runs[half:])
    kinds = (FaultKind.RAISE, FaultKind.FAIL, FaultKind.SLOW_CLEANUP)
    return Scenario(
        kind=Kind.RECOVERY,
        pipeline=drawn,
        requests=first + second,
        faults=faults(random, drawn, first, kinds, count=random.randint(1, 3)),
        latencies=latencies(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
