"""Retrieval: tenants ask at the same time, and each must get its own documents.

Every document holds the mark of the tenant that it belongs to, so one that goes astray shows.
"""

from random import Random

from production_testers.testing import (
    CARRY,
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

SERVICES = {"library": "pipelines.stages.custom_stages:library"}
WATCH = False
STAGES = "pipelines.stages.custom_stages"
TENANTS = 4
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """ask → two searches, in parallel → rank → answer."""
    return shaped(2)


def shaped(searches: int, random: Random | None = None) -> PipelineSpec:
    """Several searches, the ranking of what they found, and the answer."""
    names = [f"search{number}" for number in range(searches)]
    return pipeline_of(
        f"retrieval-{searches}",
        [
            StageSpec(name="ask", function=CARRY),
            *(
                StageSpec(
                    name=name, function=f"{STAGES}:search", kind=StageKind.ENRICH, after=("ask",)
                )
                for name in names
            ),
            StageSpec(name="rank", function=f"{STAGES}:rank", after=tuple(names)),
            StageSpec(
                name="answer", function=f"{STAGES}:answer", kind=StageKind.AGENT, after=("rank",)
            ),
        ],
        random,
    )


def varied(random: Random) -> PipelineSpec:
    """One to four searches, registered in any order."""
    return shaped(random.randint(1, 4), random)


def some_requests(random: Random, count: int):
    """Questions of several tenants in turn."""
    asked = [{"question": record["question"]} for record in records("documents", "valid")]
    return requests(random, count, tenants=TENANTS, inputs=random.sample(asked, min(count, 20)))


def scenario(random: Random) -> Scenario:
    """One question of each of four tenants, at nearly the same time."""
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
