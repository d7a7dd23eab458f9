"""Sources are slow: some answer just in time, some too late, some never."""

from random import Random

from production_testers.testing import (
    Chaos,
    Kind,
    PipelineSpec,
    Scenario,
    When,
    at_service,
    fault_plan,
    latencies,
    play,
)

from pipelines import baseline  # found by the import above

SLOW_MS = (50, 150, 400, 2_000, 60_000)

EXPERIMENT = Chaos()


def pipeline() -> PipelineSpec:
    """The pipeline whose sources are slow."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """One to six runs; one or two sources are slow, always or now and then."""
    struck = random.sample(sorted(baseline.SERVICES), random.randint(1, 2))
    slow = [
        at_service(
            "latency",
            name,
            when=When(share=random.choice((0.4, 1.0))),
            ms=random.choice(SLOW_MS),
        )
        for name in struck
    ]
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=baseline.varied(random),
        requests=baseline.some_requests(random, random.randint(1, 6)),
        latencies=latencies(random),
        services=baseline.SERVICES,
        plan=fault_plan(random, *slow),
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
