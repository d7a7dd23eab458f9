"""Hostile use: stages write into what they received and use every status; tenants are mixed."""

from random import Random

from production_testers.testing import (
    Adversarial,
    FaultKind,
    Kind,
    PipelineSpec,
    Scenario,
    faults,
    latencies,
    play,
    records,
    requests,
)

from pipelines import baseline  # found by the import above

KINDS = (FaultKind.MUTATE_INPUTS, FaultKind.CANCEL, FaultKind.RETRY, FaultKind.SKIP)
EXPERIMENT = Adversarial(
    canaries=15,
    probes=20,
    exhaustion_chars=1_000_000,
    nested=100,
    victims=20,
    prompts=500,
    personal=0,
)
"""What `python pipelines/adversarial.py` does: attacks whose success is a matter of fact, each
with the share that succeeded and its bounds. `prompts` and `personal` ask the framework's guards
about so many labelled records of each family."""


def pipeline() -> PipelineSpec:
    """The pipeline under attack."""
    return baseline.pipeline()


def scenario(random: Random) -> Scenario:
    """Two to six runs of three tenants, each with a secret and an attack for
    input, and up to two hostile stages."""
    drawn = baseline.varied(random)
    attacks = random.sample(records("requests", "malicious"), 6)
    runs = requests(random, random.randint(2, 6), tenants=3, inputs=attacks)
    return Scenario(
        kind=Kind.ADVERSARIAL,
        pipeline=drawn,
        requests=runs,
        faults=faults(random, drawn, runs, KINDS, count=random.randint(0, 2)),
        latencies=latencies(random),
        services=baseline.SERVICES,
        watch=baseline.WATCH,
    )


if __name__ == "__main__":
    raise SystemExit(play(__file__))
