from types import SimpleNamespace

import pytest

from production_testers.experiments.execution import execute, factors_for
from production_testers.experiments.expectation import expect
from production_testers.experiments.workloads import GIVE, ROUTE, identity_of
from production_testers.model.pipeline import PipelineSpec, StageSpec
from production_testers.model.scenario import Fault, Kind, Latencies, RunRequest, Scenario
from production_testers.suts.reference import ReferenceAdapter


def stages(*lines):
    """Stages from lines such as `join < left right`."""
    made = []
    for line in lines:
        name, _, after = line.partition(" < ")
        made.append(StageSpec(name=name, function=GIVE, after=tuple(after.split())))
    return tuple(made)


def scenario(*lines, stage_specs=(), faults=(), timeout_ms=None, runs=1, **more):
    """A scenario of `runs` equal runs; faults are `(kind, stage)` or `(kind, stage, ms)`."""
    requests = more.pop("requests", None) or tuple(
        RunRequest(key=f"r{n}", input=more.pop("input", {}), identity=identity_of(n, n))
        for n in range(runs)
    )
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=PipelineSpec(
            name="p", stages=stages(*lines) + tuple(stage_specs), stage_timeout_ms=timeout_ms
        ),
        requests=requests,
        faults=tuple(
            Fault(kind=kind, stage=stage, milliseconds=(*rest, 0.0)[0])
            for kind, stage, *rest in faults
        ),
        latencies=more.pop("latencies", Latencies(fixed={"*": 1.0})),
        **more,
    )


def run(made, adapter=None):
    """Execute on the reference; gives the observation."""
    adapter = adapter or ReferenceAdapter()
    return execute(adapter, made, adapter.describe())[0]


def expected(made, key="r0"):
    """What the reference allows for one run."""
    return expect(made, factors_for(made))[key]


@pytest.fixture
def lab():
    return SimpleNamespace(
        stages=stages,
        scenario=scenario,
        run=run,
        expected=expected,
        give=GIVE,
        route=ROUTE,
        StageSpec=StageSpec,
    )
