"""Many runs whose stages end at the same moments, or in every order."""

from random import Random

from production_testers.testing import (
    Kind,
    PipelineSpec,
    Scenario,
    Stress,
    play,
)

from pipelines import baseline  # found by the import above

EXPERIMENT = Stress()


def pipeline() -> PipelineSpec:
    """The pipeline under load."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """Two to twelve runs."""
    return Scenario(
        kind=Kind.STRESS,
        pipeline=baseline.varied(random),
        requests=baseline.some_requests(random, random.randint(2, 12)),
        latencies=baseline.times(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
