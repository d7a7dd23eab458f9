"""Fraud detection: every payment gets exactly one decision, and it is the one that the rules give.

The rules are written down with the mock data (`fraud_reason`); the reference decides by them as
well, so a decision that is lost, doubled or made from another payment's data shows.
"""

from random import Random

from production_testers.testing import (
    DECIDE_FRAUD,
    GIVE,
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
PAYMENTS = 10
"""Payments that one request holds."""
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """receive → velocity, travel and amount, in parallel → decide → book."""
    checks = ("velocity", "travel", "amount")
    return pipeline_of(
        "fraud",
        [
            StageSpec(name="receive", function=GIVE),
            *(
                StageSpec(name=name, function=GIVE, kind=StageKind.ENRICH, after=("receive",))
                for name in checks
            ),
            StageSpec(name="decide", function=DECIDE_FRAUD, kind=StageKind.GUARD, after=checks),
            StageSpec(name="book", function=GIVE, kind=StageKind.WORK, after=("decide",)),
        ],
    )


def varied(_random: Random) -> PipelineSpec:
    """The pipeline above: what varies is load, data and what goes wrong."""
    return pipeline()


def some_requests(random: Random, count: int):
    """Requests with payments of their own."""
    drawn = records("transactions", "valid", 10_000)
    inputs = [{"payments": random.sample(drawn, PAYMENTS)} for _ in range(count)]
    return requests(random, count, inputs=inputs)


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
