"""By confidence: from the threshold on a classifier is believed, below it a person is asked.

Confidences lie at the threshold, one step of a floating-point number beside it, and far away.
"""

import math
from dataclasses import replace
from random import Random

from production_testers.testing import (
    GIVE,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    StageSpec,
    choice,
    latencies,
    pipeline_of,
    play,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = False
STAGES = "pipelines.stages.custom_stages"
THRESHOLDS = (0.5, 0.7, 0.9, 0.1 + 0.2, 1.0, 0.0)

EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """classify → decide → automatic or person → done."""
    return deciding(0.7)


def deciding(threshold: float, random: Random | None = None) -> PipelineSpec:
    """A classifier, a router with the threshold, and the two branches."""
    sure, unsure = "automatic", "person"
    chosen = choice(
        "decide", {sure: 1, unsure: 2}, after=("classify",), chooses=f"{STAGES}:by_confidence"
    )
    chosen[0] = replace(chosen[0], params={**chosen[0].params, "threshold": threshold})
    stages = [
        StageSpec(name="classify", function=f"{STAGES}:classify"),
        *chosen,
        StageSpec(name="done", function=GIVE, after=(f"{sure}0", f"{unsure}1")),
    ]
    return pipeline_of(f"confidence-{threshold}", stages, random)


def varied(random: Random) -> PipelineSpec:
    """One of the thresholds."""
    return deciding(random.choice(THRESHOLDS), random)


def around(threshold: float):
    """Confidences at, just below, just above and far from a threshold."""
    return (threshold, math.nextafter(threshold, -1), math.nextafter(threshold, 2), 0.0, 1.0)


def some_requests(random: Random, count: int):
    """Requests with confidences around the thresholds."""
    known = [confidence for threshold in THRESHOLDS for confidence in around(threshold)]
    inputs = [{"confidence": random.choice(known)} for _ in range(count)]
    return requests(random, count, inputs=inputs)


def scenario(random: Random) -> Scenario:
    """Four runs."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, 4),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
