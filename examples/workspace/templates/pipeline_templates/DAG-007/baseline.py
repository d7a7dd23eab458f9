"""Failures and siblings: in wide graphs others work, wait or have ended when a stage fails."""

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
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """start → three siblings, of which one takes longer, each with one behind it → end."""
    siblings = ("quick", "steady", "long")
    return pipeline_of(
        "siblings",
        [
            StageSpec(name="start", function=GIVE),
            *(
                StageSpec(name=name, function=STEPS, after=("start",), params={"steps": steps})
                for name, steps in zip(siblings, (1, 3, 9), strict=True)
            ),
            *(StageSpec(name=f"behind_{name}", function=GIVE, after=(name,)) for name in siblings),
            StageSpec(
                name="end", function=GIVE, after=tuple(f"behind_{name}" for name in siblings)
            ),
        ],
    )


def varied(random: Random) -> PipelineSpec:
    """The pipeline above, or a graph of four to nine stages with few edges."""
    if random.random() < 0.5:
        return pipeline()
    return random_graph(random, random.randint(4, 9), edge_share=0.2, function=STEPS)


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
