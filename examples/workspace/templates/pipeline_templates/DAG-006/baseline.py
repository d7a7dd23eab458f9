"""A thousand and more stages in a row."""

from random import Random

from production_testers.testing import (
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    chain,
    latencies,
    play,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
DEEP = 1_000
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """A chain of a thousand stages, registered in the order in which they run."""
    return chain(DEEP)


def varied(random: Random) -> PipelineSpec:
    """A chain of 50 to 150 stages, registered in any order: for the other kinds."""
    return chain(random.randint(50, 150), random)


def some_requests(random: Random, count: int):
    """A few runs: the depth is the point here."""
    return requests(random, min(count, 4))


def scenario(random: Random) -> Scenario:
    """One run of a deep chain; every other one is registered in random order."""
    shuffled = random if random.random() < 0.5 else None
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=chain(DEEP + random.randint(0, 50), shuffled),
        requests=some_requests(random, 1),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
