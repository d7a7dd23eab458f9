"""Partial output: wide graphs, so that some stages have ended when another one fails."""

from random import Random

from production_testers.testing import (
    STRUCTURED,
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
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """One source, three parallel readers of its output, one join."""
    return fan_out(3, function=STRUCTURED)


def varied(random: Random) -> PipelineSpec:
    """A fan-out of two to five readers, or a graph of three to eight stages."""
    if random.random() < 0.5:
        return fan_out(random.randint(2, 5), random, function=STRUCTURED)
    return random_graph(random, random.randint(3, 8), edge_share=0.4, function=STRUCTURED)


def some_requests(random: Random, count: int):
    """Plain requests."""
    return requests(random, count)


def scenario(random: Random) -> Scenario:
    """One run in which nothing goes wrong."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 1),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
