"""Isolation of tenants: runs of several tenants share one built pipeline.

Every run carries its tenant's secret through every stage; a secret that turns up in another
tenant's run has leaked.
"""

from random import Random

from production_testers.testing import (
    CARRY,
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

SERVICES = {"llm": "mocks.services.mock_llm:service"}
WATCH = False
TENANTS = 4
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """load → two parallel stages → store; every stage gives on what it was asked."""
    return pipeline_of(
        "tenants",
        [
            StageSpec(name="load", function=CARRY),
            StageSpec(name="profile", function=CARRY, after=("load",)),
            StageSpec(name="answer", function=CARRY, after=("load",)),
            StageSpec(name="store", function=CARRY, after=("profile", "answer")),
        ],
    )


def varied(random: Random) -> PipelineSpec:
    """The pipeline above, or a graph of two to eight stages."""
    if random.random() < 0.5:
        return pipeline()
    return random_graph(random, random.randint(2, 8), function=CARRY)


def some_requests(random: Random, count: int):
    """Requests of several tenants in turn."""
    return requests(random, count, tenants=TENANTS)


def scenario(random: Random) -> Scenario:
    """One run for each of four tenants, at nearly the same time."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, TENANTS),
        latencies=latencies(random),
        services=SERVICES,
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
