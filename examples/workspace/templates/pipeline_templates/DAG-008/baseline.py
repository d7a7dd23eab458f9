"""Conditional branches: a router asks that some branches be skipped."""

from random import Random

from production_testers.testing import (
    GIVE,
    ROUTE,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    StageKind,
    StageSpec,
    latencies,
    pipeline_of,
    play,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """One router, a branch that may be skipped, and one that always runs."""
    return routed(routers=1, branches=1)


def routed(routers: int, branches: int, random: Random | None = None) -> PipelineSpec:
    """Each router decides over its own branches; a stage that is never skipped ends the run."""
    stages = [StageSpec(name="start", function=GIVE)]
    for r in range(routers):
        stages.append(
            StageSpec(
                name=f"router{r}",
                function=ROUTE,
                kind=StageKind.ROUTE,
                after=("start",),
                params={"skip_when": f"skip{r}"},
            )
        )
        stages += [
            StageSpec(name=f"branch{r}_{b}", function=GIVE, after=(f"router{r}",), skippable=True)
            for b in range(branches)
        ]
        stages.append(StageSpec(name=f"always{r}", function=GIVE, after=(f"router{r}",)))
    stages.append(
        StageSpec(name="end", function=GIVE, after=tuple(f"always{r}" for r in range(routers)))
    )
    return pipeline_of(f"routed-{routers}x{branches}", stages, random)


def varied(random: Random) -> PipelineSpec:
    """One to three routers with one to three branches each."""
    return routed(random.randint(1, 3), random.randint(1, 3), random)


def some_requests(random: Random, count: int):
    """Requests that take different ways through the routers."""
    ways = [{"route": f"skip{random.randint(0, 3)}"} for _ in range(count)]
    return requests(random, count, inputs=ways)


def scenario(random: Random) -> Scenario:
    """One to three runs that take different ways."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, random.randint(1, 3)),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
