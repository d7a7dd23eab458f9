"""Transformations: equal records go through the same stages again and again, beside each other."""

from random import Random

from production_testers.testing import (
    GIVE,
    STRUCTURED,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    StageSpec,
    latencies,
    pipeline_of,
    play,
    records,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
STAGES = "pipelines.stages.custom_stages"
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """clean → total and words, in parallel → summary."""
    return shaped(2)


def shaped(parallel: int, random: Random | None = None) -> PipelineSpec:
    """Cleaning, several transformations of what it gave, and one over all of them."""
    functions = (f"{STAGES}:total", f"{STAGES}:words", GIVE, STRUCTURED)
    several = [
        StageSpec(name=f"t{i}", function=functions[i % 4], after=("clean",))
        for i in range(parallel)
    ]
    clean = StageSpec(name="clean", function=f"{STAGES}:clean")
    after = tuple(stage.name for stage in several)
    summary = StageSpec(name="summary", function=GIVE, after=after)
    return pipeline_of(f"transform-{parallel}", [clean, *several, summary], random)


def varied(random: Random) -> PipelineSpec:
    """One to six transformations in parallel, registered in any order."""
    return shaped(random.randint(1, 6), random)


def some_requests(random: Random, count: int):
    """The same record, several times."""
    return requests(random, count, alike=True, inputs=[random.choice(records("values", "valid"))])


def scenario(random: Random) -> Scenario:
    """Two runs with the same record."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 2),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
