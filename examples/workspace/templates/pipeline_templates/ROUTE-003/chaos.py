"""Routers and gates fail, while gates beside them have opened and branches have begun."""

from random import Random

from production_testers.testing import (
    Chaos,
    Fault,
    FaultKind,
    Kind,
    PipelineSpec,
    Scenario,
    StageKind,
    latencies,
    play,
)

from pipelines import baseline  # found by the import above

KINDS = (FaultKind.RAISE, FaultKind.FAIL, FaultKind.SLOW, FaultKind.CANCEL)

EXPERIMENT = Chaos()


def pipeline() -> PipelineSpec:
    """The pipeline whose routers fail."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """One to four runs; in most of them the router or a gate fails, or is slow."""
    drawn = baseline.varied(random)
    runs = baseline.some_requests(random, random.randint(1, 4))
    routing = [stage.name for stage in drawn.stages if stage.kind is StageKind.ROUTE]
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=drawn,
        requests=runs,
        faults=tuple(
            Fault(
                kind=random.choice(KINDS),
                stage=random.choice(routing),
                run=run.key,
                milliseconds=20.0,
            )
            for run in runs
            if random.random() < 0.7
        ),
        latencies=latencies(random, spread=20.0),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
