"""Statuses: stages end with each of them, at every place of a graph."""

from random import Random

from production_testers.testing import (
    GIVE,
    ROUTE,
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
    """ask → may_skip, which `ask` may have skipped, and work → end."""
    return pipeline_of(
        "statuses",
        [
            StageSpec(name="ask", function=ROUTE),
            StageSpec(name="may_skip", function=GIVE, after=("ask",), skippable=True),
            StageSpec(name="work", function=GIVE, after=("ask",)),
            StageSpec(name="end", function=GIVE, after=("work",)),
        ],
    )


def varied(random: Random) -> PipelineSpec:
    """The pipeline above, or a graph of two to seven stages."""
    if random.random() < 0.5:
        return pipeline()
    return random_graph(random, random.randint(2, 7), function=GIVE)


def some_requests(random: Random, count: int):
    """Requests, some of which have `may_skip` skipped."""
    ways = [{"route": random.choice(("skip", "go"))} for _ in range(count)]
    return requests(random, count, inputs=ways)


def scenario(random: Random) -> Scenario:
    """One run in which every stage ends well, or is skipped."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 1),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
