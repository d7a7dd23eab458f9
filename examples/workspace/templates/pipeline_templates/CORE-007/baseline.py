"""One built pipeline serves many runs: one after the other, and side by side.

Inputs differ from run to run, so whatever a run leaves behind for the next one shows.
"""

from dataclasses import replace
from random import Random

from production_testers.testing import (
    CARRY,
    GIVE,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    StageSpec,
    latencies,
    pipeline_of,
    play,
    random_graph,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
PAUSE_MS = 500.0
"""Longer than a run takes: what starts so much later comes behind it."""
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """A diamond: take → left and right → give."""
    return pipeline_of(
        "serving",
        [
            StageSpec(name="take", function=CARRY),
            StageSpec(name="left", function=CARRY, after=("take",)),
            StageSpec(name="right", function=GIVE, after=("take",)),
            StageSpec(name="give", function=GIVE, after=("left", "right")),
        ],
    )


def varied(random: Random) -> PipelineSpec:
    """The pipeline above, or a graph of two to six stages."""
    if random.random() < 0.5:
        return pipeline()
    return random_graph(random, random.randint(2, 6), function=random.choice((GIVE, CARRY)))


def some_requests(random: Random, count: int):
    """Requests of which about half come behind the others."""
    return tuple(
        replace(run, start_ms=run.start_ms + PAUSE_MS * random.choice((0, 0, 1, 2)))
        for run in requests(random, count)
    )


def scenario(random: Random) -> Scenario:
    """Four runs, one after the other."""
    runs = requests(random, 4)
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=tuple(replace(run, start_ms=PAUSE_MS * n) for n, run in enumerate(runs)),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
