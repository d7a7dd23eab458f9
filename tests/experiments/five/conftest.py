"""Ground to stand experiments on: a small pipeline, and frameworks that are right or wrong."""

from types import ModuleType

import pytest

from production_testers.experiments import workloads
from production_testers.experiments.five import Ground
from production_testers.model.pipeline import StageKind, StageSpec
from production_testers.suts.reference import ReferenceAdapter

SERVICES = {"llm": "detection.workload:llm"}


def asking():
    """ask → tell; the first one calls a model and refuses what is not whole."""
    return workloads.pipeline_of(
        "asking",
        [
            StageSpec(name="ask", function=workloads.ASK, kind=StageKind.AGENT),
            StageSpec(name="tell", function=workloads.CARRY, after=("ask",)),
        ],
    )


def baseline_of(pipeline, **more):
    """A `pipelines/baseline.py`."""
    module = ModuleType("baseline")
    module.pipeline = pipeline
    module.some_requests = workloads.requests
    module.SERVICES = SERVICES
    for name, value in more.items():
        setattr(module, name, value)
    return module


@pytest.fixture
def ground():
    """Makes ground with another adapter or another pipeline."""

    def make(adapter=None, pipeline=asking, seed=1, **more):
        adapter = adapter or ReferenceAdapter()
        return Ground(
            adapter=adapter,
            sut=adapter.describe(),
            baseline=baseline_of(pipeline, **more),
            seed=seed,
        )

    return make
