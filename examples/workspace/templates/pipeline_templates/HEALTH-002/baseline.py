"""Clinical notes: a guard stage makes them anonymous by the framework's own means.

Every note says which of its words identify somebody, and as what (`phi:email`, `phi:mrn` …). Kinds
that the framework names itself are judged; what it leaves of the others is counted by
`python pipelines/adversarial.py`.
"""

from random import Random

from production_testers.testing import (
    GIVE,
    REDACT,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    StageKind,
    StageSpec,
    clinical,
    latencies,
    pipeline_of,
    play,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
NOTES = 400
"""In every run: with three kinds each, enough to say something about one in a thousand."""
RUNS_MAX = 4
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """admit → redact → summarise."""
    return pipeline_of(
        "clinical",
        [
            StageSpec(name="admit", function=GIVE),
            StageSpec(name="redact", function=REDACT, kind=StageKind.GUARD, after=("admit",)),
            StageSpec(name="summarise", function=GIVE, after=("redact",)),
        ],
    )


def varied(_random: Random) -> PipelineSpec:
    """The pipeline above: what varies is what it is given."""
    return pipeline()


def some_requests(random: Random, count: int):
    """Requests with notes of their own."""
    inputs = [{"messages": clinical(random, NOTES)} for _ in range(min(count, 2))]
    return requests(random, min(count, 2), inputs=inputs)


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
