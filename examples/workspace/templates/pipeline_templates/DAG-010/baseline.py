"""Contention: one built pipeline serves a burst of runs; here each kind draws its own bursts."""

from random import Random

from production_testers.testing import (
    GIVE,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    fan_out,
    latencies,
    play,
    random_graph,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """A fan-out of three."""
    return fan_out(3)


def varied(random: Random) -> PipelineSpec:
    """The pipeline above, or a graph of two to five stages."""
    if random.random() < 0.5:
        return pipeline()
    return random_graph(random, random.randint(2, 5), function=GIVE)


def some_requests(random: Random, count: int):
    """Requests that start within 20 ms."""
    return requests(random, count)


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
