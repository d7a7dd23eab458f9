"""Completions in every order: very uneven times, and many stages that end at the same moment."""

from random import Random

from production_testers.testing import (
    GIVE,
    STEPS,
    Baseline,
    Kind,
    Latencies,
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
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """A fan-out of three."""
    return fan_out(3)


def varied(random: Random) -> PipelineSpec:
    """A fan-out of two to eight, or a graph of three to ten stages."""
    function = random.choice((GIVE, STEPS))
    if random.random() < 0.4:
        return fan_out(random.randint(2, 8), random, function=function)
    return random_graph(random, random.randint(3, 10), edge_share=0.3, function=function)


def some_requests(random: Random, count: int):
    """Plain requests, a third of them at the same moment."""
    return requests(random, count, spread_ms=random.choice((0.0, 5.0, 20.0)))


def times(random: Random) -> Latencies:
    """Everything takes equally long, so that all of a level ends at once, or up to fifty times."""
    return latencies(random, spread=random.choice((1.0, 3.0, 50.0)))


def scenario(random: Random) -> Scenario:
    """One run."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 1),
        latencies=times(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
