"""Time-outs and how cancellation spreads: every stage has a time-out, and callers give up."""

from dataclasses import replace
from random import Random

from production_testers.testing import (
    GIVE,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    fan_out,
    latencies,
    play,
    random_graph,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
TIMEOUT_MS = 200.0
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """A fan-out of three whose stages may take 200 ms each."""
    return replace(fan_out(3), stage_timeout_ms=TIMEOUT_MS)


def varied(random: Random) -> PipelineSpec:
    """The pipeline above, or a graph of two to eight stages, with the same time-out."""
    if random.random() < 0.5:
        return pipeline()
    drawn = random_graph(random, random.randint(2, 8), function=GIVE)
    return replace(drawn, stage_timeout_ms=TIMEOUT_MS)


def some_requests(random: Random, count: int):
    """Requests, a third of which their caller cancels."""
    return tuple(
        replace(run, cancel_after_ms=round(random.uniform(0, 40), 1))
        if random.random() < 0.33
        else run
        for run in requests(random, count)
    )


def scenario(random: Random) -> Scenario:
    """One run that nobody cancels and that is in time."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=requests(random, 1),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
