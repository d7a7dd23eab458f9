"""Output merging under parallel fan-out: a source, parallel branches, and a join.

Every branch gives the same keys, and every run has the same input: whatever differs between two
runs comes from timing alone.
"""

from random import Random

from production_testers.testing import (
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    StageSpec,
    latencies,
    pipeline_of,
    play,
    requests,
)

SERVICES = {"llm": "mocks.services.mock_llm:service"}
WATCH = False
STAGES = "pipelines.stages.custom_stages"
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """A fan-out of four."""
    return fan_out(4)


def fan_out(width: int, random: Random | None = None) -> PipelineSpec:
    """A source, `width` branches of several sorts, and a join."""
    functions = ("look_up", "ask_llm")
    branches = [
        StageSpec(name=f"branch{i}", function=f"{STAGES}:{functions[i % 2]}", after=("source",))
        for i in range(width)
    ]
    source = StageSpec(name="source", function=f"{STAGES}:ingest")
    join = StageSpec(
        name="join", function=f"{STAGES}:decide", after=tuple(b.name for b in branches)
    )
    return pipeline_of(f"fan-out-{width}", [source, *branches, join], random)


def varied(random: Random) -> PipelineSpec:
    """A fan-out of two to ten, registered in any order."""
    return fan_out(random.randint(2, 10), random)


def some_requests(random: Random, count: int):
    """The same request, several times."""
    return requests(random, count, alike=True)


def scenario(random: Random) -> Scenario:
    """Two runs of the same request."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 2),
        latencies=latencies(random),
        services=SERVICES,
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
