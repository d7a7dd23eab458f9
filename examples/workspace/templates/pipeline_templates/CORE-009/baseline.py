"""Unusual payloads: every stage gives on what the run was given.

The records of the mock data are deep, empty, long, at the limits of numbers, and in all scripts.
"""

from random import Random

from production_testers.testing import (
    CARRY,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    chain,
    latencies,
    play,
    random_graph,
    records,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
SORTS = ("valid", "unicode", "numbers", "times", "nesting", "sizes", "emptiness")

EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """A chain of three."""
    return chain(3, function=CARRY)


def varied(random: Random) -> PipelineSpec:
    """A graph of two to five stages."""
    return random_graph(random, random.randint(2, 5), edge_share=0.5, function=CARRY)


def some_requests(random: Random, count: int):
    """Requests with an unusual value each."""
    inputs = [{"odd": random.choice(records("values", random.choice(SORTS)))} for _ in range(count)]
    return requests(random, count, inputs=inputs)


def scenario(random: Random) -> Scenario:
    """Two runs."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 2),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
