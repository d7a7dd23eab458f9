"""What a guard removes: requests hold marks, and a guard takes them out of what goes on.

What the framework emits and logs of its own accord is recorded (`WATCH`), and so are its error
messages: no mark may stand in any of them.
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
    canary,
    latencies,
    pipeline_of,
    play,
    records,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = True
STAGES = "pipelines.stages.custom_stages"
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """guard → answer and log, in parallel → send."""
    return guarded(2)


def guarded(behind: int, random: Random | None = None) -> PipelineSpec:
    """A guard, stages that work with what it left, and one behind them."""
    names = tuple(f"use{number}" for number in range(behind))
    stages = [
        StageSpec(name="guard", function=f"{STAGES}:mask", kind=StageKind.GUARD),
        *(StageSpec(name=name, function=f"{STAGES}:use", after=("guard",)) for name in names),
        StageSpec(name="send", function=GIVE, kind=StageKind.WORK, after=names),
    ]
    return pipeline_of(f"guarded-{behind}", stages, random)


def varied(random: Random) -> PipelineSpec:
    """One to four stages behind the guard."""
    return guarded(random.randint(1, 4), random)


def some_requests(random: Random, count: int):
    """Messages, each with a mark in it."""
    said = [record["text"] for record in records("messages", "valid")]
    inputs = [{"text": f"{random.choice(said)} {canary(random)}"} for _ in range(count)]
    return requests(random, count, inputs=inputs)


def scenario(random: Random) -> Scenario:
    """Two runs."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 2),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
