"""Redaction: a guard stage makes messages anonymous by the framework's own means.

Every message holds one e-mail address, telephone number, social security number, card number and
IP address, in the formats that people use; `messages` in the mock data says which words they are.
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
    latencies,
    pipeline_of,
    play,
    records,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
MESSAGES = 110
"""In every run: enough of each kind to say something about one percent."""
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """receive → redact → answer."""
    return pipeline_of(
        "guarded",
        [
            StageSpec(name="receive", function=GIVE),
            StageSpec(name="redact", function=REDACT, kind=StageKind.GUARD, after=("receive",)),
            StageSpec(name="answer", function=GIVE, after=("redact",)),
        ],
    )


def varied(_random: Random) -> PipelineSpec:
    """The pipeline above: what varies is what it is given."""
    return pipeline()


def some_requests(random: Random, count: int):
    """Requests with messages of their own."""
    drawn = records("messages", "valid", 2_000)
    inputs = [{"messages": random.sample(drawn, MESSAGES)} for _ in range(min(count, 4))]
    return requests(random, min(count, 4), inputs=inputs)


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
