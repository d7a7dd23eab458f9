"""What scenarios are drawn from: seeded, valid, in every order of registration."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from production_testers.experiments import imports, workloads
from production_testers.experiments.execution import needs
from production_testers.model.errors import UsageError
from production_testers.model.scenario import FaultKind, Kind, Scenario
from production_testers.model.semantics import Capability

SEEDS = st.integers(0, 2**32)


def drawn(seed):
    random = Random(seed)
    pipeline = workloads.random_graph(random, random.randint(1, 9))
    runs = workloads.requests(random, random.randint(1, 6), tenants=random.randint(1, 3))
    return (
        pipeline,
        runs,
        workloads.faults(random, pipeline, runs, list(FaultKind), count=4),
        workloads.latencies(random),
    )


@given(SEEDS)
def test_a_seed_draws_the_same_again_and_it_fits_together(seed):
    pipeline, runs, faults, latencies = drawn(seed)
    assert drawn(seed) == (pipeline, runs, faults, latencies)
    names = {stage.name for stage in pipeline.stages}
    keys = [run.key for run in runs]
    assert len(names) == len(pipeline.stages)
    assert len(set(keys)) == len(keys)
    assert runs[0].start_ms == 0
    assert {fault.stage for fault in faults} <= names
    assert {fault.run for fault in faults} <= set(keys)
    assert len({(fault.run, fault.stage) for fault in faults}) == len(faults)
    assert latencies.low <= latencies.high


def test_different_seeds_draw_different_things():
    assert len({repr(drawn(seed)) for seed in range(50)}) == 50


def test_shapes_are_what_they_are_called():
    chain = workloads.chain(5)
    assert chain.topological_order() == ("s0", "s1", "s2", "s3", "s4")
    assert [len(before) for before in chain.ancestors().values()] == [0, 1, 2, 3, 4]
    fan = workloads.fan_out(3)
    assert fan.stage("join").after == ("branch0", "branch1", "branch2")
    assert {fan.stage(f"branch{n}").after for n in range(3)} == {("source",)}
    assert len(workloads.fan_out(500).stages) == 502


def test_stages_are_registered_as_given_reversed_or_shuffled():
    orders = {
        tuple(stage.name for stage in workloads.chain(6, Random(seed)).stages) for seed in range(40)
    }
    given_order = tuple(f"s{n}" for n in range(6))
    assert {given_order, given_order[::-1]} < orders
    assert len(orders) > 8
    plain = workloads.chain(6)
    assert tuple(stage.name for stage in plain.stages) == given_order
    assert all(
        workloads.chain(6, Random(seed)).topological_order() == plain.topological_order()
        for seed in range(10)
    )


def test_tenants_have_secrets_of_their_own():
    runs = workloads.requests(Random(1), 6, tenants=3)
    secrets = [run.input["secret"] for run in runs]
    assert secrets[:3] == secrets[3:]
    assert len(set(secrets)) == len({run.identity.tenant for run in runs}) == 3
    assert len({run.identity.request for run in runs}) == 6
    assert "secret" not in workloads.requests(Random(1), 1)[0].input


def test_runs_that_are_alike_have_one_input():
    alike = workloads.requests(Random(1), 5, alike=True)
    assert len({str(run.input) for run in alike}) == 1
    assert len({str(run.input) for run in workloads.requests(Random(1), 5)}) == 5


def test_stated_inputs_are_given_in_turn():
    runs = workloads.requests(Random(1), 3, inputs=[{"text": "a"}, {"text": "b"}])
    assert [run.input["text"] for run in runs] == ["a", "b", "a"]


def test_a_scenario_says_what_it_needs():
    random = Random(1)
    plain = Scenario(
        kind=Kind.BASELINE,
        pipeline=workloads.chain(2),
        requests=workloads.requests(random, 1),
    )
    assert needs(plain) == {Capability.DAG}
    runs = workloads.requests(random, 2)
    more = Scenario(
        kind=Kind.CHAOS,
        pipeline=workloads.pipeline_of("p", plain.pipeline.stages, stage_timeout_ms=5.0),
        requests=runs,
        faults=workloads.faults(random, plain.pipeline, runs, [FaultKind.SKIP]),
    )
    assert needs(more) == {
        Capability.DAG,
        Capability.CONCURRENT_RUNS,
        Capability.STAGE_TIMEOUT,
        Capability.STATUS_SKIP,
    }


def test_the_ready_made_stages_can_be_imported():
    for path in (workloads.GIVE, workloads.STEPS, workloads.ROUTE, workloads.CARRY):
        assert callable(imports.load(path))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nothing", "'nothing' is no import path. Write it as package.module:name"),
        ("os:", "is no import path"),
        ("nowhere:x", "Cannot import 'nowhere:x': No module named 'nowhere'"),
        ("os:nowhere", "Cannot import 'os:nowhere'"),
        ("os:sep", "'os:sep' is a str, not a function"),
    ],
)
def test_a_function_that_is_not_there_is_a_usage_error(path, message):
    with pytest.raises(UsageError, match=message):
        imports.load(path)
