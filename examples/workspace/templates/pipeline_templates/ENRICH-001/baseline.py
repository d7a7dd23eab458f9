"""Slow sources: a run asks several, and every stage has a time-out."""

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
    records,
    requests,
)

SERVICES = {
    "profiles": "mocks.services.mock_llm:service",
    "prices": "mocks.services.mock_llm:service",
    "news": "mocks.services.mock_llm:service",
}
WATCH = False
TIMEOUT_MS = 200.0
STAGES = "pipelines.stages.custom_stages"
SOURCES = {"required": "profiles", "optional": "news", "cached": "prices"}
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """start → required, optional and cached, in parallel → answer; each may take 200 ms."""
    return shaped(tuple(SOURCES))


def shaped(ways, random: Random | None = None) -> PipelineSpec:
    """A stage for each of the ways, between one that starts and one that answers."""
    asking = [
        StageSpec(
            name=f"{way}{number}" if ways.count(way) > 1 else way,
            function=f"{STAGES}:{way}",
            kind=StageKind.ENRICH,
            after=("start",),
            params={"source": SOURCES[way]},
        )
        for number, way in enumerate(ways)
    ]
    start = StageSpec(name="start", function=GIVE)
    answer = StageSpec(name="answer", function=GIVE, after=tuple(s.name for s in asking))
    last = StageSpec(name="log", function=GIVE, after=("start",))
    stages = [start, *asking, answer, last]
    return pipeline_of(f"sources-{'-'.join(ways)}", stages, random, stage_timeout_ms=TIMEOUT_MS)


def varied(random: Random) -> PipelineSpec:
    """One to four stages that ask, in any mixture."""
    return shaped([random.choice(list(SOURCES)) for _ in range(random.randint(1, 4))], random)


def some_requests(random: Random, count: int):
    """Questions."""
    asked = [{"question": record["question"]} for record in records("documents", "valid")]
    return requests(random, count, inputs=random.sample(asked, min(count, len(asked))))


def scenario(random: Random) -> Scenario:
    """One run; every source answers in time."""
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
