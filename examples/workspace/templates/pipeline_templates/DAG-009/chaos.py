"""Hung and slow stages: their time-out must stop them and fail their run."""

from random import Random

from production_testers.testing import (
    Chaos,
    Fault,
    FaultKind,
    Kind,
    PipelineSpec,
    Scenario,
    faults,
    latencies,
    play,
)

from pipelines import baseline  # found by the import above

KINDS = (FaultKind.HANG, FaultKind.RAISE, FaultKind.FAIL, FaultKind.SLOW_CLEANUP)
EXPERIMENT = Chaos()


def pipeline() -> PipelineSpec:
    """The pipeline with a time-out for every stage."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """One to six runs; stages hang for ever, or for three times their time-out."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, random.randint(1, 6))
    hit = list(faults(random, drawn, runs, KINDS, count=random.randint(0, 2)))
    if random.random() < 0.5:
        slow = random.choice(drawn.stages).name
        victim = random.choice(runs).key
        if not any(fault.run == victim and fault.stage == slow for fault in hit):
            hit.append(
                Fault(
                    kind=FaultKind.SLOW,
                    stage=slow,
                    run=victim,
                    milliseconds=3 * baseline.TIMEOUT_MS,
                )
            )
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=drawn,
        requests=runs,
        faults=tuple(hit),
        latencies=latencies(random),
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
