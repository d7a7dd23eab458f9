"""Sources are down: for one run in three, for whole runs of stages, or for good."""

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

DOWN = ("http-503", "http-500", "connection-refused", "http-429")

EXPERIMENT = Chaos()


def pipeline() -> PipelineSpec:
    """The pipeline whose sources are down."""
    return baseline.pipeline()


def down(random: Random):
    """One or two sources refuse, always or now and then."""
    struck = random.sample(sorted(baseline.SERVICES), random.randint(1, 2))
    return fault_plan(
        random,
        *(
            at_service(random.choice(DOWN), name, when=When(share=random.choice((0.3, 1.0))))
            for name in struck
        ),
    )


def scenario(random: Random) -> Scenario:
    """One to six runs."""
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=baseline.varied(random),
        requests=baseline.some_requests(random, random.randint(1, 6)),
        latencies=latencies(random),
        services=baseline.SERVICES,
        plan=down(random),
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
