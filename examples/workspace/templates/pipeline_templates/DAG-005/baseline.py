"""Wide fan-out: 500 and more stages wait for one and are waited for by one."""

from random import Random

from production_testers.testing import (
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    fan_out,
    latencies,
    play,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
WIDTHS = (500, 600, 800)
RUNS_MAX = 2
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """A fan-out of 500."""
    return fan_out(WIDTHS[0])


def varied(random: Random) -> PipelineSpec:
    """A fan-out of 500 to 800, or one of ten to a hundred."""
    width = random.choice(WIDTHS) if random.random() < 0.4 else random.randint(10, 100)
    return fan_out(width, random)


def some_requests(random: Random, count: int):
    """One or two requests, however many are asked for."""
    return requests(random, min(count, RUNS_MAX))


def scenario(random: Random) -> Scenario:
    """One run of 500 to 800 parallel stages."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=fan_out(random.choice(WIDTHS), random),
        requests=some_requests(random, 1),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
