"""Order: graphs in which stages have many dependencies, in every order of registration."""

from random import Random

from production_testers.testing import (
    GIVE,
    STEPS,
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
    """A fan-out of four."""
    return fan_out(4)


def varied(random: Random) -> PipelineSpec:
    """A graph of three to twelve stages, from loose to dense."""
    share, function = random.choice((0.15, 0.3, 0.6)), random.choice((GIVE, STEPS))
    return random_graph(random, random.randint(3, 12), edge_share=share, function=function)


def some_requests(random: Random, count: int):
    """Plain requests."""
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
