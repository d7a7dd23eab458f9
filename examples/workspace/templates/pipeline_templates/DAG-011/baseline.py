"""Diamonds and joins: branches of very different length and duration meet again, more than once."""

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
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """Two diamonds in a row; in each, one branch takes ten times as long as the other."""
    return diamonds((2, 2), (1, 10))


def diamonds(widths, steps, random: Random | None = None) -> PipelineSpec:
    """A join for each width, behind so many branches of one or two stages."""
    stages = [StageSpec(name="join0", function=GIVE)]
    for number, width in enumerate(widths):
        ends = []
        for branch in range(width):
            name, after = f"d{number}_{branch}", f"join{number}"
            taking = {"steps": steps[branch % len(steps)]}
            stages.append(StageSpec(name=name, function=STEPS, after=(after,), params=taking))
            if branch % 2:
                stages.append(StageSpec(name=f"{name}_more", function=GIVE, after=(name,)))
                name = f"{name}_more"
            ends.append(name)
        stages.append(StageSpec(name=f"join{number + 1}", function=GIVE, after=tuple(ends)))
    return pipeline_of(f"diamonds-{'-'.join(map(str, widths))}", stages, random)


def varied(random: Random) -> PipelineSpec:
    """One to three joins of two to five branches."""
    widths = [random.randint(2, 5) for _ in range(random.randint(1, 3))]
    return diamonds(widths, random.choice(((1, 10), (5, 1, 2), (1,))), random)


def some_requests(random: Random, count: int):
    """Plain requests."""
    return requests(random, count)


def scenario(random: Random) -> Scenario:
    """One run with very uneven times."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 1),
        latencies=latencies(random, spread=50.0),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
