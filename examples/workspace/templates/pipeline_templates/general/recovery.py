"""After failures: a first wave of runs fails, a second one, later and without faults, must not.

In half of the scenarios there is a wave before the faults, too: what is usual is known then, and
after the faults it must be so again.
"""

from dataclasses import replace
from random import Random

from production_testers.testing import (
    FaultKind,
    Kind,
    PipelineSpec,
    Recovery,
    Scenario,
    When,
    at_service,
    at_stage,
    during,
    fault_plan,
    faults,
    latencies,
    play,
)

from pipelines import baseline  # found by the import above

PAUSE_MS = 1_000.0
WAVES_MS = (0.0, 2 * PAUSE_MS, 5 * PAUSE_MS)
DISTURBED = (
    at_stage("stage-raises", when=When(share=0.5)),
    at_service("http-503", "llm", when=When(share=0.5)),
    at_stage("stage-slow", when=When(share=0.3), ms=50),
)
EXPERIMENT = Recovery(items=60, ways=("fail", "stop", "kill -9"), concurrency=5)
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
    made = Scenario(
        kind=Kind.RECOVERY,
        pipeline=drawn,
        requests=first + second,
        faults=faults(random, drawn, first, kinds, count=random.randint(1, 3)),
        latencies=latencies(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )
    if len(runs) < 9 or random.random() < 0.5:
        return made
    return replace(
        made,
        requests=in_three_waves(runs),
        faults=(),
        plan=fault_plan(random, *during(DISTURBED, WAVES_MS[1], WAVES_MS[2] - 2 * PAUSE_MS)),
    )


def in_three_waves(runs):
    """Before, during and after the faults; within a wave, runs start 20 ms apart."""
    third = len(runs) // 3
    waves = [runs[:third], runs[third : 2 * third], runs[2 * third :]]
    return tuple(
        replace(run, start_ms=begin + 20.0 * number)
        for begin, wave in zip(WAVES_MS, waves, strict=True)
        for number, run in enumerate(wave)
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
