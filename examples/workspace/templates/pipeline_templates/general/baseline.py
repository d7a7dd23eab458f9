"""The happy path: one run at a time, nothing goes wrong.

`pipeline()` is the pipeline that people read; `varied()` draws others like it, because a defect
may need another shape. The other four kinds import both from here.
`SERVICES` are the mocks that stages call; with `WATCH`, what the framework emits and logs of its
own accord is recorded and judged as well.
"""

from random import Random

from production_testers.testing import (
    GIVE,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    StageKind,
    StageSpec,
    latencies,
    pipeline_of,
    play,
    random_graph,
    records,
    requests,
)

SERVICES = {"llm": "mocks.services.mock_llm:service"}
WATCH = False
STAGES = "pipelines.stages.custom_stages"
EXPERIMENT = Baseline(runs=50)
"""What `python pipelines/baseline.py` does: runs one after the other; every law judges them."""


def pipeline() -> PipelineSpec:
    """ingest → ask_llm and look_up, in parallel → decide."""
    return pipeline_of(
        "four-stages",
        [
            StageSpec(name="ingest", function=f"{STAGES}:ingest"),
            StageSpec(
                name="ask_llm",
                function=f"{STAGES}:ask_llm",
                kind=StageKind.AGENT,
                after=("ingest",),
            ),
            StageSpec(
                name="look_up",
                function=f"{STAGES}:look_up",
                kind=StageKind.ENRICH,
                after=("ingest",),
            ),
            StageSpec(name="decide", function=f"{STAGES}:decide", after=("ask_llm", "look_up")),
        ],
    )


def varied(random: Random) -> PipelineSpec:
    """The pipeline above, or a graph of two to eight stages."""
    if random.random() < 0.5:
        return pipeline()
    return random_graph(random, random.randint(2, 8), function=GIVE)


def some_requests(random: Random, count: int):
    """What the pipeline is asked; the other kinds use it too."""
    return requests(random, count, inputs=records("requests", "valid"))


def scenario(random: Random) -> Scenario:
    """One run."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 1),
        latencies=latencies(random),
        services=SERVICES,
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
