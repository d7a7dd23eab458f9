"""Records, one run each, of which some are malformed: a malformed one must cost itself only."""

from random import Random

from production_testers.testing import (
    GIVE,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    StageSpec,
    latencies,
    pipeline_of,
    play,
    records,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
STAGES = "pipelines.stages.custom_stages"
RECORDS = 50
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """parse, which refuses what is malformed → store."""
    return pipeline_of(
        "records",
        [
            StageSpec(name="parse", function=f"{STAGES}:parse"),
            StageSpec(name="store", function=GIVE, after=("parse",)),
        ],
    )


def varied(_random: Random) -> PipelineSpec:
    """The pipeline above: what varies are the records, and when they come."""
    return pipeline()


def some_requests(random: Random, count: int, malformed: int = 1, spread_ms: float = 20.0):
    """Records, each in a run of its own; so many of them lack their amount."""
    good = records("requests", "valid")
    inputs = [{"amount": random.choice(good)["amount"]} for _ in range(count)]
    for number in random.sample(range(count), min(malformed, count)):
        inputs[number] = {"amount": "not a number"}
    return requests(random, count, inputs=inputs, spread_ms=spread_ms)


def scenario(random: Random) -> Scenario:
    """Fifty records, all of them well formed."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, RECORDS, malformed=0),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
