"""A scenario carries a fault plan: it happens to the calls of its stages, and shrinks with it."""

import json
import sys
import types
from dataclasses import replace
from random import Random

import pytest

from production_testers.evidence import jobs, proposed
from production_testers.experiments.chaos import at_service, at_stage, fault_plan, storm
from production_testers.experiments.execution import execute
from production_testers.experiments.workloads import identity_of
from production_testers.mocks.services import MockLlm, ServiceError
from production_testers.model import scenario_format
from production_testers.model.errors import InvalidDocumentError
from production_testers.model.fault_plan import Burst, FaultPlan, Place, Rule, Target, When
from production_testers.model.history import EventKind
from production_testers.model.pipeline import PipelineSpec, StageSpec
from production_testers.model.scenario import FaultKind, Kind, Latencies, RunRequest, Scenario
from production_testers.suts.contract import RunResult
from production_testers.suts.reference import ReferenceAdapter


async def ask(port):
    """Ask twice; tell what came."""
    came = []
    for words in ("one", "two"):
        await port.work(1)
        try:
            answer = await port.call("llm", "chat", messages=[{"role": "user", "content": words}])
            came.append(answer["choices"][0]["message"]["content"])
        except ServiceError as error:
            came.append(error.code)
    return {"came": came}


async def careless(port):
    """Ask, and let errors be the stage's own."""
    answer = await port.call("llm", "chat", messages=[{"role": "user", "content": "one"}])
    return {"said": answer["choices"][0]["message"]["content"]}


@pytest.fixture(autouse=True)
def stages(monkeypatch):
    module = types.ModuleType("asking_stages")
    module.ask, module.careless, module.llm = ask, careless, MockLlm
    monkeypatch.setitem(sys.modules, "asking_stages", module)


def rule(name="one", fault="http-500", **members):
    params = members.pop("params", {})
    where = {k: members.pop(k) for k in ("run", "stage", "operation") if k in members}
    at = Target(place=Place.SERVICE, name="llm", **where)
    return Rule(id=name, fault=fault, at=at, when=When(**members), params=params)


def scenario(*rules, runs=2, names=("a", "b"), function="asking_stages:ask", seed=3):
    specs = tuple(
        StageSpec(name=name, function=function, after=names[:index][-1:])
        for index, name in enumerate(names)
    )
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=PipelineSpec(name="p", stages=specs),
        requests=tuple(
            RunRequest(key=f"r{i}", input={"n": i}, identity=identity_of(0, i), start_ms=float(i))
            for i in range(runs)
        ),
        services={"llm": "asking_stages:llm"},
        latencies=Latencies(seed=5, low=1.0, high=4.0),
        plan=FaultPlan(seed=seed, rules=rules) if rules else None,
    )


def run(made, adapter=None):
    adapter = adapter or ReferenceAdapter()
    return execute(adapter, made, adapter.describe())[0]


def fired(observation):
    return [
        (e.run, e.stage, e.value["fault"], e.value["call"])
        for e in observation.history.of(EventKind.FAULT_FIRED)
    ]


def outcomes(observation):
    return {e.run: e.value["outcome"] for e in observation.history.of(EventKind.RUN_ENDED)}


def test_a_fault_happens_at_the_call_that_its_name_says_and_stands_in_the_history():
    observation = run(scenario(rule(run="r1", stage="b", first=2)))
    assert fired(observation) == [("r1", "b", "http-500", "r1/b/llm.chat/2")]
    (event,) = observation.history.of(EventKind.FAULT_FIRED)
    assert event.value["rule"] == "one"
    returned = [e.value["call"] for e in observation.history.of(EventKind.SERVICE_RETURNED)]
    called = [e.value["call"] for e in observation.history.of(EventKind.SERVICE_CALLED)]
    assert set(called) - set(returned) == {"r1/b/llm.chat/2"}


def test_what_a_stage_gives_under_faults_is_what_the_reference_expects():
    """The evaluation meets the same faults, because they go by names."""
    made = scenario(rule(share=0.4), rule("cut", "llm-truncated", share=0.4), runs=4)
    observation = run(made)
    assert len(fired(observation)) > 3
    for event in observation.history.of(EventKind.STAGE_ENDED):
        assert observation.expected[event.run].outputs[event.stage] == event.value["digest"]


def test_a_refused_call_that_nobody_catches_fails_the_stage():
    observation = run(scenario(rule(run="r0", stage="a"), function="asking_stages:careless"))
    assert outcomes(observation) == {"r0": "failed:a", "r1": "completed"}
    assert observation.expected["r0"].outcomes == {"failed:a"}


def test_where_time_decides_nothing_is_expected_of_what_a_stage_gives():
    burst = Burst(group="g", length=2, share=0.5)
    for timed in (rule(from_ms=2), rule(burst=burst)):
        observation = run(scenario(timed))
        assert observation.expected["r0"].outputs == {}
        assert "completed" in observation.expected["r0"].outcomes


def test_latency_takes_virtual_time():
    slow, plain = (
        run(scenario(*rules, runs=1)).history.events[-1].time_ns / 1e6
        for rules in ((rule(fault="latency", params={"ms": 500}),), ())
    )
    assert round(slow - plain) == 4 * 500


def test_same_scenario_same_history_and_another_seed_another():
    made = scenario(rule(share=0.5), rule("late", "latency", share=0.5), runs=3)
    assert run(made).history.digest() == run(made).history.digest()
    other = replace(made, plan=replace(made.plan, seed=4))
    assert fired(run(other)) != fired(run(made))


def test_leaving_a_run_out_changes_nothing_for_the_others():
    made = scenario(rule(share=0.5), runs=4)
    fewer = replace(made, requests=made.requests[1:3])
    kept = [one for one in fired(run(made)) if one[0] in ("r1", "r2")]
    assert sorted(fired(run(fewer))) == sorted(kept)


def test_a_plan_that_cannot_happen_here_is_refused():
    with pytest.raises(InvalidDocumentError, match="Did you mean http-500"):
        run(scenario(rule(fault="http-5000")))


class Swallowing(ReferenceAdapter):
    """A planted bug: a run whose stage failed is reported as completed."""

    async def run(self, built, pipeline, request):
        result = await super().run(built, pipeline, request)
        return RunResult(ended="completed", stages=result.stages) if result.stage else result


def shrunk(made):
    arguments = {
        "scenario": scenario_format.to_json(made),
        "law": "dag/failure-surfaces",
        "outcome_class": None,
        "allowance": 40_000,
    }
    adapter = Swallowing()
    (broken,) = [
        verdict
        for law, verdict in _verdicts(adapter, made).items()
        if law == "dag/failure-surfaces"
    ]
    arguments["outcome_class"] = broken["outcome_class"]
    return jobs.minimise(adapter, arguments, lambda _event: None)


def _verdicts(adapter, made):
    from production_testers.experiments.jobs import replay  # noqa: PLC0415 - one use

    return replay(adapter, {"scenario": scenario_format.to_json(made)}, lambda _event: None)[
        "verdicts"
    ]


def test_faults_and_schedule_shrink_together():
    made = scenario(
        rule("some", share=0.3),
        rule("late", "latency", share=0.5, params={"ms": 20}),
        rule("cut", "llm-truncated", share=0.5),
        runs=4,
        names=("a", "b", "c"),
        function="asking_stages:careless",
    )
    result = shrunk(made)
    assert result["reproduced"]
    small = scenario_format.from_json(result["scenario"])
    assert len(small.requests) == 1
    assert len(small.pipeline.stages) == 1
    assert small.latencies.fixed == {"*": 1.0}
    assert small.plan is None  # no service is needed: a stage that raises shows it
    (left,) = small.faults
    assert (left.kind, left.stage) == (FaultKind.RAISE, "a")
    again = run(small, Swallowing())
    assert outcomes(again) == {"r0": "completed"}
    assert outcomes(run(small)) == {"r0": "failed:a"}


def test_a_scenario_with_a_plan_can_be_proposed_and_mistakes_are_told():
    raw = json.loads(json.dumps(scenario_format.to_json(scenario(rule()))))
    assert proposed.scenario_of(raw, "s.json") == raw
    raw["plan"]["rules"][0]["fault"] = "http-5000"
    with pytest.raises(InvalidDocumentError, match="Did you mean http-500"):
        proposed.scenario_of(raw, "s.json")


def test_a_pipeline_writes_short_rules_and_draws_one_seed_for_all():
    def drawn(seed):
        return fault_plan(
            Random(seed),
            at_service("http-429", "llm", when=storm(0.2, 100)),
            at_service("http-429", "llm"),
            at_stage("stage-slow", "a", ms=5),
        )

    plan = drawn(1)
    assert plan == drawn(1)
    assert plan.seed != drawn(2).seed
    assert len({one.id for one in plan.rules}) == 3
    assert plan.rules[0].when.burst == Burst(group="storm", length=100, share=0.2)
    made = replace(scenario(), plan=plan)
    assert scenario_format.from_json(scenario_format.to_json(made)) == made
    assert any(fault == "stage-slow" for _, _, fault, _ in fired(run(made)))
    with pytest.raises(InvalidDocumentError, match="Did you mean"):
        fault_plan(Random(1), at_stage("stage-slo"))
