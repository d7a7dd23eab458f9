"""Correlation: whatever the framework emits for a run must hold the run's request id.

What the framework emits and logs of its own accord is recorded (`WATCH`). Which run it belongs to
is known from the task that emits it, not from what it says.
"""

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
WATCH = True
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """A fan-out of two."""
    return fan_out(2)


def varied(random: Random) -> PipelineSpec:
    """The pipeline above, or a graph of two to six stages."""
    if random.random() < 0.4:
        return pipeline()
    return random_graph(random, random.randint(2, 6), function=GIVE)


def some_requests(random: Random, count: int):
    """Requests of two tenants in turn."""
    return requests(random, count, tenants=2)


def scenario(random: Random) -> Scenario:
    """Two runs, whose stages end together, one by one, or seconds apart."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 2),
        latencies=latencies(random, spread=random.choice((1.0, 10.0, 20_000.0))),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
