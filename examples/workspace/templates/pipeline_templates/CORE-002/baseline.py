"""Large snapshots: stages hand on more than 100 MB.

Two runs at most at a time, so that the machine's memory is not what is tested.
"""

from random import Random

from production_testers.testing import (
    BULK,
    WEIGH,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    StageSpec,
    latencies,
    pipeline_of,
    play,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
MEGABYTES = 105
RUNS_MAX = 2
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """load gives 105 MB → summarise and check, in parallel → report."""
    return shaped(parallel=2)


def shaped(parallel: int) -> PipelineSpec:
    """One stage that gives 105 MB, stages that receive it in parallel, and one behind them."""
    readers = [f"reader{i}" for i in range(parallel)]
    return pipeline_of(
        f"large-{parallel}",
        [
            StageSpec(name="load", function=BULK, params={"megabytes": MEGABYTES}),
            *(StageSpec(name=name, function=WEIGH, after=("load",)) for name in readers),
            StageSpec(name="report", function=WEIGH, after=tuple(readers)),
        ],
    )


def varied(random: Random) -> PipelineSpec:
    """One or two stages receive the large output."""
    return shaped(random.randint(1, 2))


def some_requests(random: Random, count: int):
    """One or two requests, however many are asked for."""
    return requests(random, min(count, RUNS_MAX))


def scenario(random: Random) -> Scenario:
    """One run."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 1),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
