"""Transformations that compute for long: siblings that wait for nothing but the processor."""

from random import Random

from production_testers.testing import (
    COMPUTE,
    GIVE,
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
SLICES = 60
"""Between two slices the event loop goes on."""
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """load → three transformations, of which two compute, → store."""
    return transformations(("heavy1", "heavy2"), ("light",))


def transformations(heavy: tuple[str, ...], light: tuple[str, ...]) -> PipelineSpec:
    """Siblings between a stage that loads and one that stores."""
    params = {"slices": SLICES}
    return pipeline_of(
        "transformations",
        [
            StageSpec(name="load", function=GIVE),
            *(
                StageSpec(name=name, function=COMPUTE, params=params, after=("load",))
                for name in heavy
            ),
            *(StageSpec(name=name, function=GIVE, after=("load",)) for name in light),
            StageSpec(name="store", function=GIVE, after=(*heavy, *light)),
        ],
    )


def varied(random: Random) -> PipelineSpec:
    """One to five siblings that compute, and up to two that do not."""
    heavy = tuple(f"heavy{number}" for number in range(random.randint(1, 5)))
    return transformations(heavy, tuple(f"light{n}" for n in range(random.randint(0, 2))))


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
