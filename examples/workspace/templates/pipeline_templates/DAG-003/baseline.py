"""Independent stages: branches of long stages that depend on each other in nothing."""

from dataclasses import replace
from random import Random

from production_testers.testing import (
    GIVE,
    STEPS,
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
LONG_MS = 40
"""What a piece of work takes: many times what an executor may need to notice that one ended."""
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """Three branches of two long stages, and a stage where they meet."""
    names = ("a", "b", "c")
    return long_stages(
        pipeline_of(
            "independent",
            [
                *(StageSpec(name=f"{name}1", function=STEPS) for name in names),
                *(StageSpec(name=f"{name}2", function=GIVE, after=(f"{name}1",)) for name in names),
                StageSpec(name="meet", function=GIVE, after=tuple(f"{name}2" for name in names)),
            ],
        )
    )


def long_stages(pipeline: PipelineSpec) -> PipelineSpec:
    """The pipeline with stages that take their time."""
    stages = tuple(replace(stage, params={"work_ms": LONG_MS}) for stage in pipeline.stages)
    return replace(pipeline, stages=stages)


def varied(random: Random) -> PipelineSpec:
    """The pipeline above, or a loose graph of four to nine stages."""
    if random.random() < 0.3:
        return pipeline()
    share, function = random.choice((0.1, 0.25)), random.choice((GIVE, STEPS))
    size = random.randint(4, 9)
    return long_stages(random_graph(random, size, edge_share=share, function=function))


def some_requests(random: Random, count: int):
    """Plain requests."""
    return requests(random, count)


def scenario(random: Random) -> Scenario:
    """One run."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 1),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
