"""Routes that nothing matches: the router takes the default, or refuses the request and says so."""

from random import Random

from production_testers.testing import (
    GIVE,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    StageSpec,
    choice,
    latencies,
    pipeline_of,
    play,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
STAGES = "pipelines.stages.custom_stages"
KNOWN = ("invoice", "order", "complaint")

EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """sort → invoice, order, complaint, or the default → file."""
    return sorting("by_default", dict.fromkeys((*KNOWN, "default"), 1))


def sorting(way: str, branches, random: Random | None = None) -> PipelineSpec:
    """A router that knows `branches`, and does `way` with what is none of them."""
    ends = tuple(f"{name}{length - 1}" for name, length in branches.items())
    stages = [
        *choice("sort", branches, chooses=f"{STAGES}:{way}"),
        StageSpec(name="file", function=GIVE, after=ends),
    ]
    return pipeline_of(f"sorting-{way}", stages, random)


def varied(random: Random) -> PipelineSpec:
    """With a default or without one, branches of one or two stages."""
    way = random.choice(("by_default", "strictly", "loudly"))
    names = (*KNOWN, "default") if way == "by_default" else KNOWN
    return sorting(way, {name: random.randint(1, 2) for name in names}, random)


def some_requests(random: Random, count: int):
    """Letters, a third of which are of a sort that nobody knows."""
    sorts = (*KNOWN, "advertisement", "")
    return requests(random, count, inputs=[{"sort": random.choice(sorts)} for _ in range(count)])


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
