"""Inputs: every stage says what it was given, with indirect and unrelated stages around it.

In the graphs most stages have several dependencies, and each of those has others: what a stage must
not be shown is always there.
"""

from random import Random

from production_testers.testing import (
    STRUCTURED,
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
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """first → second → third, which is not given first; beside stands alone."""
    return pipeline_of(
        "inputs",
        [
            StageSpec(name="first", function=STRUCTURED),
            StageSpec(name="beside", function=STRUCTURED),
            StageSpec(name="second", function=STRUCTURED, after=("first",)),
            StageSpec(name="third", function=STRUCTURED, after=("second",)),
            StageSpec(name="both", function=STRUCTURED, after=("first", "third")),
        ],
    )


def varied(random: Random) -> PipelineSpec:
    """The pipeline above, or a graph of three to nine stages with many edges."""
    if random.random() < 0.3:
        return pipeline()
    size, share = random.randint(3, 9), random.choice((0.3, 0.6))
    return random_graph(random, size, edge_share=share, function=STRUCTURED)


def some_requests(random: Random, count: int):
    """Plain requests."""
    return requests(random, count)


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
