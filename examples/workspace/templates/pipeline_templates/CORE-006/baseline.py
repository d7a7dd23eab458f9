"""Nested pipelines: stages that run pipelines of their own, some of which do so again.

Requests are of several tenants: what is handed down to a nested pipeline must be its request's own.
"""

from random import Random

from production_testers.testing import (
    GIVE,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    StageSpec,
    chain,
    latencies,
    nest,
    pipeline_of,
    play,
    random_graph,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
TENANTS = 3
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """receive → answer, which runs draft → review → decide."""
    inner = pipeline_of(
        "answering",
        [
            StageSpec(name="draft", function=GIVE),
            StageSpec(name="review", function=GIVE, after=("draft",)),
        ],
    )
    return pipeline_of(
        "nested",
        [
            StageSpec(name="receive", function=GIVE),
            StageSpec(name="answer", nested=inner, after=("receive",)),
            StageSpec(name="decide", function=GIVE, after=("answer",)),
        ],
    )


def varied(random: Random) -> PipelineSpec:
    """The pipeline above, or a graph of up to five stages, one or two of which are pipelines."""
    if random.random() < 0.3:
        return pipeline()
    drawn = nest(random, random_graph(random, random.randint(1, 5)))
    return nest(random, drawn) if random.random() < 0.5 else drawn


def deep(depth: int) -> PipelineSpec:
    """A stage that runs a pipeline with a stage that runs a pipeline …"""
    made = chain(1)
    for level in range(depth):
        made = pipeline_of(f"level-{level}", [StageSpec(name=f"level{level}", nested=made)])
    return made


def some_requests(random: Random, count: int):
    """Requests of several tenants in turn."""
    return requests(random, count, tenants=TENANTS)


def scenario(random: Random) -> Scenario:
    """One run for each of three tenants; in a quarter of them three pipelines deep."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=deep(random.randint(2, 3)) if random.random() < 0.25 else varied(random),
        requests=some_requests(random, TENANTS),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
