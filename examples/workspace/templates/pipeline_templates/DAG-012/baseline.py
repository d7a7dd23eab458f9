"""Many graphs at once: small graphs, a thousand and more of which are under way together."""

from random import Random

from production_testers.testing import (
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    chain,
    fan_out,
    latencies,
    play,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """A chain of two."""
    return chain(2)


def varied(random: Random) -> PipelineSpec:
    """A chain of one to three stages, or a fan-out of two."""
    return fan_out(2, random) if random.random() < 0.3 else chain(random.randint(1, 3), random)


def some_requests(random: Random, count: int):
    """Requests that start at the same moment."""
    return requests(random, count, spread_ms=0.0)


def scenario(random: Random) -> Scenario:
    """One run."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 1),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
