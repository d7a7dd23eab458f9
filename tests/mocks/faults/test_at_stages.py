"""Every kind of fault at a stage: what the framework and the next stage see, and its end."""

import sys
import types
from dataclasses import replace

import pytest

from production_testers.experiments.execution import execute
from production_testers.experiments.workloads import identity_of
from production_testers.mocks.faults import CATALOGUE
from production_testers.mocks.faults.stages import ERRORS, error_of
from production_testers.model.errors import InvalidDocumentError
from production_testers.model.fault_plan import FaultPlan, Place, Rule, Target, When
from production_testers.model.history import EventKind
from production_testers.model.pipeline import PipelineSpec, StageSpec
from production_testers.model.scenario import Kind, Latencies, RunRequest, Scenario
from production_testers.suts.reference import ReferenceAdapter

SEEN = []


async def give(port):
    await port.work(1)
    SEEN.append(port.run)
    return {"name": "Ann", "score": 3, "deep": {"x": 1}, "list": [1]}


async def take(port):
    await port.work(1)
    return {
        "got": sorted(port.outputs["a"]),
        "types": [type(v).__name__ for v in port.outputs["a"].values()],
    }


@pytest.fixture(autouse=True)
def stages(monkeypatch):
    module = types.ModuleType("faulty_stages")
    module.give, module.take = give, take
    monkeypatch.setitem(sys.modules, "faulty_stages", module)
    SEEN.clear()


def scenario(fault=None, params=None, *, runs=2, timeout_ms=None, cancel=None):
    specs = (
        StageSpec(name="a", function="faulty_stages:give"),
        StageSpec(name="b", function="faulty_stages:take", after=("a",)),
    )
    requests = tuple(
        RunRequest(
            key=f"r{i}", input={}, identity=identity_of(0, i), start_ms=1000.0 * i,
            cancel_after_ms=cancel if i == 0 else None,
        )
        for i in range(runs)
    )  # fmt: skip
    rule = fault and Rule(
        id="one",
        fault=fault,
        at=Target(place=Place.STAGE, name="a", run="r0"),
        params=params or {},
    )
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=PipelineSpec(name="p", stages=specs, stage_timeout_ms=timeout_ms),
        requests=requests,
        latencies=Latencies(fixed={"*": 1.0}),
        plan=FaultPlan(seed=3, rules=(rule,)) if rule else None,
    )


def run(made):
    adapter = ReferenceAdapter()
    observation, _ = execute(adapter, made, adapter.describe())
    return observation


def ended(observation, run_key):
    (event,) = observation.history.of(EventKind.RUN_ENDED, run=run_key)
    return event.value["outcome"]


def given(observation, run_key, stage):
    found = [
        (e.value["digest"], e.value["size"])
        for e in observation.history.of(EventKind.STAGE_ENDED, run=run_key)
        if e.stage == stage
    ]
    return found[0] if found else None


def took_ms(observation, run_key):
    (start,) = observation.history.of(EventKind.RUN_STARTED, run=run_key)
    (end,) = observation.history.of(EventKind.RUN_ENDED, run=run_key)
    return round((end.time_ns - start.time_ns) / 1e6)


def fails(observation, plain):
    assert ended(observation, "r0") == "failed:a"


def other_output(observation, plain):
    assert ended(observation, "r0") == "completed"
    assert given(observation, "r0", "a") != given(plain, "r0", "a")
    assert given(observation, "r0", "b") != given(plain, "r0", "b")


def takes(milliseconds):
    def check(observation, plain):
        assert ended(observation, "r0") == "completed"
        assert took_ms(observation, "r0") == milliseconds

    return check


def works_twice(observation, plain):
    assert SEEN.count("r0") == 2 * SEEN.count("r1")
    assert given(observation, "r0", "a") == given(plain, "r0", "a")


def stopped_after(milliseconds):
    def check(observation, plain):
        assert ended(observation, "r0") == "cancelled"
        ends = [*observation.history.of(EventKind.STAGE_STOPPED, EventKind.STAGE_ENDED, run="r0")]
        (cancelled,) = observation.history.of(EventKind.RUN_CANCELLED)
        assert round((ends[0].time_ns - cancelled.time_ns) / 1e6) == milliseconds

    return check


def writes(observation, plain):
    """The reference hands out copies: nobody else sees what was written."""
    assert ended(observation, "r0") == "completed"
    assert given(observation, "r0", "b") == given(plain, "r0", "b")


EFFECTS = {
    "stage-raises": ({}, {"error": "KeyError"}, fails),
    "stage-raises-after-work": ({}, {}, fails),
    "stage-hangs": ({"timeout_ms": 20.0}, {}, fails),
    "stage-slow": ({}, {"ms": 50}, takes(52)),
    "stage-blocks-loop": ({}, {"ms": 50}, takes(52)),
    "cpu-hog": ({}, {"factor": 30}, takes(31)),
    "stage-returns-none": ({}, {}, other_output),
    "stage-wrong-type": ({}, {}, other_output),
    "stage-missing-key": ({}, {}, other_output),
    "stage-partial-output": ({}, {"share": 0.5}, other_output),
    "stage-huge-output": ({}, {}, other_output),
    "stage-mutates-inputs": ({}, {}, writes),
    "stage-mutates-inside-inputs": ({}, {}, writes),
    "stage-completes-twice": ({}, {}, works_twice),
    "stage-ignores-cancellation": ({"cancel": 0.5}, {"ms": 30}, stopped_after(30)),
    "stage-slow-cleanup": ({"cancel": 0.5}, {"ms": 30}, stopped_after(30)),
    "memory-cap": ({}, {}, fails),
}


def test_every_kind_that_can_be_at_a_stage_is_tested_here():
    at_stage = {name for name, kind in CATALOGUE.items() if Place.STAGE in kind.places}
    assert set(EFFECTS) == at_stage


@pytest.mark.parametrize("name", EFFECTS)
def test_a_fault_has_its_effect_on_one_execution_and_none_on_the_next(name):
    options, params, check = EFFECTS[name]
    observation = run(scenario(name, params, **options))
    plain = run(scenario(**options))
    SEEN.clear()
    observation = run(scenario(name, params, **options))
    (fired,) = observation.history.of(EventKind.FAULT_FIRED)
    assert (fired.run, fired.stage, fired.value["fault"]) == ("r0", "a", name)
    assert (fired.value["rule"], fired.value["call"]) == ("one", "r0/a/1")
    check(observation, plain)
    assert ended(observation, "r1") == "completed"
    assert given(observation, "r1", "b") == given(plain, "r1", "b")
    assert took_ms(observation, "r1") == 2


@pytest.mark.parametrize("name", EFFECTS)
def test_what_comes_of_it_is_what_the_reference_allows(name):
    options, params, _check = EFFECTS[name]
    observation = run(scenario(name, params, **options))
    for key in ("r0", "r1"):
        assert ended(observation, key) in observation.expected[key].outcomes


@pytest.mark.parametrize("name", EFFECTS)
def test_the_same_scenario_has_the_same_history(name):
    options, params, _check = EFFECTS[name]
    made = scenario(name, params, **options)
    assert run(made).history.digest() == run(made).history.digest()


@pytest.mark.parametrize("name", ERRORS)
def test_every_exception_can_be_raised(name):
    error = error_of(name, "injected into a of r0")
    assert type(error).__name__ == name
    assert "injected into a of r0" in str(error)


def test_a_stage_that_writes_into_its_inputs_reaches_whoever_shares_them():
    made = scenario()
    rule = Rule(
        id="w", fault="stage-mutates-inputs", at=Target(place=Place.STAGE, name="b", run="r0")
    )

    class Sharing(ReferenceAdapter):
        """Hands out what it keeps."""

        def build(self, pipeline, body):
            kept = {}

            async def shared(spec, call):
                outputs = {name: kept[call.input["run"], name] for name in spec.after}
                call = replace(call, outputs=outputs)
                outcome = await body(spec, call)
                kept[call.input["run"], spec.name] = dict(outcome.value)
                self.kept = kept
                return outcome

            return super().build(pipeline, shared)

    adapter = Sharing()
    execute(adapter, replace(made, plan=FaultPlan(rules=(rule,))), adapter.describe())
    assert adapter.kept["r0", "a"]["name"] == "overwritten"
    assert adapter.kept["r1", "a"]["name"] == "Ann"


def test_a_plan_for_processes_cannot_be_in_a_scenario():
    made = scenario()
    rule = Rule(id="k", fault="process-killed", at=Target(place=Place.PROCESS, name="app"))
    with pytest.raises(InvalidDocumentError, match="real only, not simulated"):
        run(replace(made, plan=FaultPlan(rules=(rule,))))


def test_several_faults_of_one_execution_lie_around_each_other():
    made = scenario()
    at = Target(place=Place.STAGE, name="a", run="r0")
    rules = (
        Rule(id="slow", fault="stage-slow", at=at, params={"ms": 20}),
        Rule(id="twice", fault="stage-completes-twice", at=at, when=When(at_most=1)),
    )
    observation = run(replace(made, plan=FaultPlan(rules=rules)))
    assert [e.value["rule"] for e in observation.history.of(EventKind.FAULT_FIRED)] == [
        "slow",
        "twice",
    ]
    assert took_ms(observation, "r0") == 20 + 2 + 1
