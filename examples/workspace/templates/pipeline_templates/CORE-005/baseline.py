"""What a run keeps: short chains, many of them, which end in every way that there is.

What is kept after so many runs is counted apart (`cost_sizes` in the run's configuration): hundreds
of runs of a chain of four stages that complete, fail, are cancelled by a stage or by their caller,
or run another pipeline. The schedules drawn here show whether anything goes on after a run's end.
"""

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
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """Four stages in a row."""
    return chain(4)


def varied(random: Random) -> PipelineSpec:
    """Two to six stages in a row."""
    return chain(random.randint(2, 6))


def some_requests(random: Random, count: int):
    """Requests of one tenant."""
    return requests(random, count)


def scenario(random: Random) -> Scenario:
    """Two runs."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 2),
        latencies=latencies(random),
        services=SERVICES,
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
