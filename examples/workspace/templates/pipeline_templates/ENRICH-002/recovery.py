"""A source is down for the first runs; those behind them find it answering again."""

from dataclasses import replace
from random import Random

from production_testers.testing import (
    Kind,
    PipelineSpec,
    Recovery,
    Scenario,
    When,
    at_service,
    fault_plan,
    latencies,
    play,
)

from pipelines import baseline, chaos  # found by the import above

PAUSE_MS = 1_000.0
EXPERIMENT = Recovery()


def pipeline() -> PipelineSpec:
    """The pipeline that has to recover."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """Two to six runs without the source, then as many with it."""
    half = random.randint(2, 6)
    runs = baseline.some_requests(random, 2 * half)
    later = tuple(replace(run, start_ms=run.start_ms + PAUSE_MS) for run in runs[half:])
    source = random.choice(sorted(baseline.SERVICES))
    down = at_service(random.choice(chaos.DOWN), source, when=When(until_ms=PAUSE_MS / 2))
    return Scenario(
        kind=Kind.RECOVERY,
        pipeline=baseline.varied(random),
        requests=runs[:half] + later,
        latencies=latencies(random),
        services=baseline.SERVICES,
        plan=fault_plan(random, down),
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
