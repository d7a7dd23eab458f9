"""Choices: a router chooses one of several branches, which meet again behind it.

For every branch a gate closes it unless it was chosen; branches have one stage or several.
"""

from random import Random

from production_testers.testing import (
    GIVE,
    STEPS,
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
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """route → one of card, transfer and cash → receipt."""
    return routed({"card": 1, "transfer": 2, "cash": 1})


def routed(branches, random: Random | None = None, function: str = GIVE) -> PipelineSpec:
    """A choice between branches, and a stage where they meet."""
    ends = tuple(f"{name}{length - 1}" for name, length in branches.items())
    stages = [
        StageSpec(name="start", function=GIVE),
        *choice("route", branches, after=("start",), function=function),
        StageSpec(name="receipt", function=GIVE, after=ends),
    ]
    return pipeline_of(f"routed-{len(branches)}", stages, random)


def varied(random: Random) -> PipelineSpec:
    """Two to four branches of one to three stages."""
    names = ("card", "transfer", "cash", "voucher")[: random.randint(2, 4)]
    branches = {name: random.randint(1, 3) for name in names}
    return routed(branches, random, random.choice((GIVE, STEPS)))


def some_requests(random: Random, count: int):
    """Requests whose numbers choose different branches."""
    return requests(random, count)


def scenario(random: Random) -> Scenario:
    """Two runs."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 2),
        latencies=latencies(random, spread=20.0),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
