"""Patient data: it goes through every stage, and must stand in nothing that the framework says.

Every patient's record number is a mark that can be searched for. What the framework emits and
logs of its own accord is recorded (`WATCH`), and so are its error messages.
"""

from random import Random

from production_testers.testing import (
    CARRY,
    Baseline,
    Kind,
    PipelineSpec,
    Scenario,
    StageKind,
    StageSpec,
    canary,
    latencies,
    pipeline_of,
    play,
    random_graph,
    records,
    requests,
)

SERVICES: dict[str, str] = {}
WATCH = True
HOSPITALS = 3
EXPERIMENT = Baseline()


def pipeline() -> PipelineSpec:
    """admit → history and risk, in parallel → plan."""
    return pipeline_of(
        "patients",
        [
            StageSpec(name="admit", function=CARRY),
            StageSpec(name="history", function=CARRY, kind=StageKind.ENRICH, after=("admit",)),
            StageSpec(name="risk", function=CARRY, kind=StageKind.AGENT, after=("admit",)),
            StageSpec(name="plan", function=CARRY, after=("history", "risk")),
        ],
    )


def varied(random: Random) -> PipelineSpec:
    """The pipeline above, or a graph of two to six stages that give on what they were given."""
    if random.random() < 0.5:
        return pipeline()
    return random_graph(random, random.randint(2, 6), function=CARRY)


def some_requests(random: Random, count: int):
    """Patients of several hospitals, each with a mark for a record number."""
    inputs = [
        {"patient": {**record["patient"], "id": canary(random)}, "note": record["note"]}
        for record in random.sample(records("patients", "valid", 200), min(count, 20))
    ]
    return requests(random, count, tenants=HOSPITALS, inputs=inputs)


def scenario(random: Random) -> Scenario:
    """One run for each of three hospitals."""
    return Scenario(
        kind=Kind.BASELINE,
        pipeline=varied(random),
        requests=some_requests(random, HOSPITALS),
        latencies=latencies(random),
        watch=WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
