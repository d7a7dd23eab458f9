"""A nested pipeline is a run of its own: in the history, in what is expected, and for the laws."""

import sys
import types
from dataclasses import replace

import pytest

from detection.executors import Planted, PlantedAdapter
from production_testers.experiments import workloads
from production_testers.experiments.execution import execute
from production_testers.experiments.judging import judge
from production_testers.laws import LAWS
from production_testers.model import seeds
from production_testers.model.history import EventKind
from production_testers.model.pipeline import Outcome, PipelineSpec, StageSpec
from production_testers.model.scenario import FaultKind
from production_testers.model.verdict import State
from production_testers.suts.reference import ReferenceAdapter

INNER = PipelineSpec(
    name="inner",
    stages=(
        StageSpec(name="in1", function=workloads.GIVE),
        StageSpec(name="in2", function=workloads.GIVE, after=("in1",)),
    ),
)
OUTER = StageSpec(name="outer", nested=INNER, after=("before",))


@pytest.fixture
def nested(lab):
    def make(*, faults=(), **more):
        specs = (OUTER, StageSpec(name="after", function=workloads.GIVE, after=("outer",)))
        return lab.scenario("before", stage_specs=specs, faults=faults, **more)

    return make


def test_a_nested_run_stands_in_the_history_with_its_parent_and_its_end(lab, nested):
    history = lab.run(nested()).history
    starts = list(history.of(EventKind.RUN_STARTED))
    assert [(e.run, e.stage, e.value.get("parent")) for e in starts] == [
        ("r0", "", None),
        ("r0/outer", "outer", "r0"),
    ]
    inner = [e.stage for e in history.of(EventKind.STAGE_STARTED, run="r0/outer")]
    assert inner == ["in1", "in2"]
    (ended,) = history.of(EventKind.RUN_ENDED, run="r0/outer")
    assert ended.value["outcome"] == "completed"
    outer_ended = next(e for e in history.of(EventKind.STAGE_ENDED) if e.stage == "outer")
    assert ended.seq < outer_ended.seq


def test_every_event_says_what_led_to_it(lab, nested):
    events = lab.run(nested()).history.events
    cause = {(e.kind.value, e.run, e.stage): e.cause for e in events}
    seq = {(e.kind.value, e.run, e.stage): e.seq for e in events}
    assert cause["run_started", "r0", ""] is None
    assert cause["stage_started", "r0", "before"] == seq["run_started", "r0", ""]
    assert cause["stage_started", "r0", "outer"] == seq["stage_ended", "r0", "before"]
    assert cause["run_started", "r0/outer", "outer"] == seq["stage_started", "r0", "outer"]
    assert cause["stage_started", "r0/outer", "in2"] == seq["stage_ended", "r0/outer", "in1"]
    assert cause["stage_ended", "r0", "after"] == seq["stage_started", "r0", "after"]
    assert cause["run_ended", "r0", ""] == seq["run_started", "r0", ""]
    assert all(e.cause is None or e.cause < e.seq for e in events)


@pytest.mark.parametrize(
    ("fault", "outer", "inner"),
    [
        ((FaultKind.RAISE, "in2"), {"failed:outer"}, {"failed:in2", "cancelled"}),
        ((FaultKind.CANCEL, "in1"), {"cancelled:outer"}, {"cancelled:in1", "cancelled"}),
        ((FaultKind.RAISE, "before"), {"failed:before"}, None),
    ],
)
def test_the_end_of_a_nested_run_is_the_end_of_its_stage(lab, nested, fault, outer, inner):
    made = nested(faults=[fault])
    observation = lab.run(made)
    assert observation.expected["r0"].outcomes == outer
    if inner is None:
        assert "r0/outer" not in observation.expected
    else:
        assert observation.expected["r0/outer"].outcomes == inner
    (ended,) = observation.history.of(EventKind.RUN_ENDED, run="r0")
    assert {ended.value["outcome"]} == outer
    assert not broken(observation)


def test_what_a_nested_pipeline_gives_last_is_what_its_stage_gives(lab, nested):
    observation = lab.run(nested())
    expected = observation.expected
    assert set(expected["r0/outer"].outputs) == {"in1", "in2"}
    assert set(expected["r0"].outputs) == {"before", "outer", "after"}
    assert not broken(observation)


def broken(observation):
    laws = [law for law in LAWS.values() if not law.needs_costs]
    return {
        name for name, verdict in judge(observation, laws).items() if verdict.state is State.BROKEN
    }


class RunsNestedTwice(Planted):
    """Executes the first stage of a nested pipeline a second time, within one run."""

    async def _outcome(self, stage: StageSpec) -> Outcome:
        outcome = await super()._outcome(stage)
        if stage.name == "in1":
            await super()._outcome(stage)
        return outcome


def test_a_law_is_broken_inside_a_nested_run(lab, nested):
    class Nesting(RunsNestedTwice):
        async def _in_time(self, stage, call):
            async def nest(pipeline, request):
                return await PlantedAdapter(Nesting).run(self.built, pipeline, request)

            return await super()._in_time(stage, replace(call, nest=nest))

    observation, _ = execute(PlantedAdapter(Nesting), nested(), ReferenceAdapter().describe())
    assert broken(observation) == {"dag/runs-once"}


def test_runs_of_one_request_are_not_each_others_neighbours(lab, nested):
    verdicts = judge(lab.run(nested()), [LAWS["isolation/concurrent-runs"]])
    assert verdicts["isolation/concurrent-runs"].exercised == 0
    verdicts = judge(lab.run(nested(runs=2)), [LAWS["isolation/concurrent-runs"]])
    assert verdicts["isolation/concurrent-runs"].exercised > 0


def test_a_nested_pipeline_may_stand_in_a_nested_pipeline(lab):
    deep = StageSpec(
        name="deep", nested=PipelineSpec(name="middle", stages=(replace(OUTER, after=()),))
    )
    observation = lab.run(lab.scenario(stage_specs=(deep,)))
    assert set(observation.expected) == {"r0", "r0/deep", "r0/deep/outer"}
    started = [e.run for e in observation.history.of(EventKind.RUN_STARTED)]
    assert started == ["r0", "r0/deep", "r0/deep/outer"]
    assert not broken(observation)


def test_the_workload_nests_a_stage_of_the_pipeline():
    for index in range(20):
        random = seeds.random_for(index, "nest")
        plain = workloads.random_graph(random, 4)
        made = workloads.nest(random, plain)
        changed = [s for s in made.stages if s.nested is not None]
        assert [s.name for s in made.stages] == [s.name for s in plain.stages]
        assert len(changed) == 1
        assert made.topological_order() == plain.topological_order()


async def _looks_at_the_clock(port):
    return {"at": port.now()}


async def _fails_late(port):
    if port.now() > 0:
        raise RuntimeError("too late")
    return {}


async def _rolls_dice(port):
    import random  # noqa: PLC0415 - as a stage of a stranger might

    if random.random() < 0.5:
        raise RuntimeError("bad luck")
    return {}


async def _draws_its_own(port):
    return {"number": port.random().random()}


@pytest.fixture
def module(monkeypatch):
    made = types.ModuleType("stages_of_a_stranger")
    for function in (_looks_at_the_clock, _fails_late, _rolls_dice, _draws_its_own):
        setattr(made, function.__name__.strip("_"), function)
    monkeypatch.setitem(sys.modules, made.__name__, made)
    return made.__name__


@pytest.mark.parametrize("name", ["looks_at_the_clock", "fails_late", "rolls_dice"])
def test_nothing_is_expected_of_a_stage_that_follows_the_clock_or_chance(lab, module, name):
    strange = StageSpec(name="b", function=f"{module}:{name}", after=("a",))
    observation = lab.run(lab.scenario("a", "c < b", stage_specs=(strange,)))
    expected = observation.expected["r0"]
    assert expected.outcomes == {"completed", "failed:b", "cancelled:b"}
    assert set(expected.outputs) == {"a"}
    assert expected.executed == {"a"}
    assert not broken(observation)


def test_a_ports_own_randomness_belongs_to_seed_run_and_stage(lab, module):
    def numbers(seed):
        drawing = [StageSpec(name=n, function=f"{module}:draws_its_own") for n in "ab"]
        made = lab.scenario(stage_specs=drawing, runs=2)
        made = replace(made, latencies=replace(made.latencies, seed=seed))
        observation = lab.run(made)
        assert set(observation.expected["r0"].outputs) == {"a", "b"}  # steady: it is expected
        return [e.value["digest"] for e in observation.history.of(EventKind.STAGE_ENDED)]

    assert numbers(1) == numbers(1)
    assert len(set(numbers(1))) == 4
    assert set(numbers(1)).isdisjoint(numbers(2))


def test_the_clock_of_a_port_is_the_clock_of_the_history(lab, module, monkeypatch):
    seen = []

    async def notes(port):
        await port.work(5)
        seen.append(port.now())
        return {}

    monkeypatch.setattr(sys.modules[module], "notes", notes, raising=False)
    observation = lab.run(
        lab.scenario(stage_specs=(StageSpec(name="a", function=f"{module}:notes"),))
    )
    (ended,) = observation.history.of(EventKind.STAGE_ENDED)
    assert seen[0] * 1e6 == pytest.approx(ended.time_ns)
