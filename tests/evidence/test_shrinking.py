"""A scenario is shrunk to its essence, and the essence has one fingerprint."""

from dataclasses import replace
from random import Random

import pytest

from production_testers.evidence import fingerprint, jobs
from production_testers.evidence.shrinking import shrink
from production_testers.experiments import workloads
from production_testers.experiments.execution import factors_for
from production_testers.experiments.judging import run_and_judge
from production_testers.model import scenario_format
from production_testers.model.pipeline import PipelineSpec, StageKind, StageSpec
from production_testers.model.scenario import (
    Fault,
    FaultKind,
    Kind,
    Latencies,
    RunRequest,
    Scenario,
)
from production_testers.simulation import install
from production_testers.suts.contract import RunResult
from production_testers.suts.reference import ReferenceAdapter

NAMES = ("in", "one", "two", "three", "four", "out")


@pytest.fixture(scope="module", autouse=True)
def _patches():
    install()


def big():
    """Three runs of six stages with faults, a time-out, a caller who gives up, and latencies."""
    give = workloads.GIVE
    middle = tuple(
        StageSpec(
            name=name,
            function=workloads.STEPS,
            kind=StageKind.GUARD,
            after=("in",),
            params={"steps": 4},
            skippable=name == "two",
        )
        for name in NAMES[1:5]
    )
    ends = (
        StageSpec(name="out", function=give, after=NAMES[1:5]),
        StageSpec(name="in", function=give),
    )
    runs = workloads.requests(Random(1), 3)
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=PipelineSpec(name="big", stages=(ends[0], *middle, ends[1]), stage_timeout_ms=90),
        requests=(runs[0], replace(runs[1], cancel_after_ms=33.3), runs[2]),
        faults=(
            Fault(kind=FaultKind.SLOW, stage="one", run="r0", milliseconds=12.0),
            Fault(kind=FaultKind.HANG, stage="two", run="r1"),
            Fault(kind=FaultKind.SKIP, stage="three", run="r2"),
        ),
        latencies=Latencies(seed=5, low=1.0, high=9.0),
        services={"llm": "nowhere:made"},
    )


def taken_by(scenario):
    """A factor for every piece of work, as an execution would have asked for them."""
    choices = factors_for(scenario)
    for request in scenario.requests:
        for stage in scenario.pipeline.stages:
            choices.factor(f"{request.key}/{stage.name}/1")
    return choices.taken


def shrunk(breaks, **options):
    found = shrink(big(), breaks, taken_by(big()), **{"allowance": 500_000, **options})
    assert breaks(found.scenario)
    assert found.complete
    return found.scenario


def size(scenario):
    pipeline = scenario.pipeline
    return {
        "runs": len(scenario.requests),
        "stages": len(pipeline.stages),
        "edges": sum(len(stage.after) for stage in pipeline.stages),
        "faults": [fault.kind.value for fault in scenario.faults],
        "timeout": pipeline.stage_timeout_ms is not None,
        "cancels": sum(run.cancel_after_ms is not None for run in scenario.requests),
        "latencies": len(scenario.latencies.fixed) - 1,
        "seed": scenario.latencies.seed,
        "services": len(scenario.services),
    }


NOTHING = {
    "runs": 1,
    "stages": 1,
    "edges": 0,
    "faults": [],
    "timeout": False,
    "cancels": 0,
    "latencies": 0,
    "seed": 0,
    "services": 0,
}


def has_fault(scenario, kind):
    return any(fault.kind is kind for fault in scenario.faults)


def slowest(scenario):
    """The largest factor of a piece of work that the scenario has."""
    return max(factors_for(scenario).factor(name) for name in taken_by(scenario))


def in_parallel(scenario):
    ancestors = scenario.pipeline.ancestors()
    return any(
        a != b and a not in ancestors[b] and b not in ancestors[a]
        for a in ancestors
        for b in ancestors
    )


@pytest.mark.parametrize(
    ("breaks", "needed"),
    [
        (lambda _s: True, {}),
        (lambda s: len(s.requests) >= 2, {"runs": 2}),
        (lambda s: len(s.pipeline.stages) >= 4, {"stages": 4}),
        (lambda s: any(stage.after for stage in s.pipeline.stages), {"stages": 2, "edges": 1}),
        (in_parallel, {"stages": 2}),
        (  # they are moved into one run, so that the other one can go
            lambda s: len(s.faults) >= 2,
            {"runs": 1, "stages": 2, "faults": ["raise", "raise"]},
        ),
        (lambda s: has_fault(s, FaultKind.HANG), {"faults": ["hang"]}),
        (
            lambda s: has_fault(s, FaultKind.HANG) and s.pipeline.stage_timeout_ms is not None,
            {"faults": ["hang"], "timeout": True},
        ),
        (lambda s: any(r.cancel_after_ms is not None for r in s.requests), {"cancels": 1}),
        (lambda s: slowest(s) >= 4, {"latencies": 1}),
        (lambda s: s.latencies.seed != 0, {"seed": 5}),
        (lambda s: bool(s.services), {"services": 1}),
    ],
)
def test_what_is_needed_is_kept_and_everything_else_goes(breaks, needed):
    found = size(shrunk(breaks))
    if needed.get("seed"):
        found["latencies"] = 0  # they go with the seed that they were drawn from, or stay with it
    assert found == {**NOTHING, **needed}


def test_two_runs_that_share_a_stage_with_different_faults_keep_both():
    def breaks(scenario):
        struck = {(fault.stage, fault.run) for fault in scenario.faults}
        return len({run for _, run in struck}) >= 2 and len(scenario.requests) >= 2

    found = size(shrunk(breaks))
    assert (found["runs"], len(found["faults"])) == (2, 2)


def test_what_is_left_has_plain_names_and_nothing_personal():
    found = shrunk(lambda s: len(s.pipeline.stages) >= 3 and len(s.requests) >= 2)
    assert [stage.name for stage in found.pipeline.stages] == ["a", "b", "c"]
    assert [run.key for run in found.requests] == ["r0", "r1"]
    assert found.pipeline.name == "minimal"
    for stage in found.pipeline.stages:
        assert (stage.function, stage.params) == (workloads.GIVE, {})
        assert (stage.kind, stage.skippable) == (StageKind.TRANSFORM, False)
    assert [(run.input, run.start_ms) for run in found.requests] == [({}, 0.0), ({}, 0.0)]


def test_a_plain_thing_that_is_needed_is_not_made_plain():
    found = shrunk(lambda s: any(stage.skippable for stage in s.pipeline.stages))
    assert [stage.skippable for stage in found.pipeline.stages] == [True]
    found = shrunk(lambda s: any(stage.params for stage in s.pipeline.stages))
    assert [stage.params for stage in found.pipeline.stages] == [{"steps": 4}]
    found = shrunk(lambda s: any(run.input for run in s.requests))
    assert found.requests[0].input


def test_times_are_made_round():
    found = shrunk(lambda s: slowest(s) >= 3)
    assert sorted(found.latencies.fixed.values()) == [1.0, 5.0]
    (cancelled,) = shrunk(lambda s: any(r.cancel_after_ms for r in s.requests)).requests
    assert cancelled.cancel_after_ms == 0.5
    late = shrunk(lambda s: any(run.start_ms >= 1.5 for run in s.requests))
    assert [run.start_ms for run in late.requests] == [2.0]


def test_a_named_latency_follows_its_stage_and_run_when_they_are_renamed():
    def breaks(scenario):
        (*_, last) = scenario.pipeline.topological_order()
        factors = factors_for(scenario)
        return (
            len(scenario.pipeline.stages) >= 2
            and len(scenario.requests) >= 2
            and factors.factor(f"{scenario.requests[-1].key}/{last}/1") > 1.5
        )

    found = shrunk(breaks)
    assert set(found.latencies.fixed) == {"*", "r1/b/1"}


def starts_late(scenario, stage, run):
    """When a stage of a run can start, if every piece of work takes as long as is stated."""
    factors = factors_for(scenario)
    before = scenario.pipeline.ancestors()[stage]
    return run.start_ms + sum(factors.factor(f"{run.key}/{name}/1") for name in before)


def test_where_a_stage_is_needed_for_its_time_only_another_one_takes_longer():
    def breaks(scenario):
        """Some stage is at work five milliseconds after its run began."""
        factors = factors_for(scenario)
        return any(
            starts_late(scenario, stage, run) + factors.factor(f"{run.key}/{stage}/1") >= 5
            for run in scenario.requests
            for stage in scenario.pipeline.ancestors()
        )

    chain = replace(
        big(), pipeline=workloads.chain(6), faults=(), latencies=Latencies(fixed={"*": 1.0})
    )
    assert breaks(chain)
    found = shrink(chain, breaks, {}, allowance=500_000).scenario
    assert size(found) == {**NOTHING, "latencies": 1}


def test_a_function_that_ends_a_stage_gives_way_to_a_fault_that_does():
    def breaks(scenario):
        unusual = any(stage.function != workloads.GIVE for stage in scenario.pipeline.stages)
        return unusual or has_fault(scenario, FaultKind.SKIP)

    found = shrunk(breaks)
    assert size(found) == {**NOTHING, "faults": ["skip"]}
    assert [stage.function for stage in found.pipeline.stages] == [workloads.GIVE]


def test_another_run_stands_for_a_stage_where_that_needs_less():
    """Three executions of stages: two stages in each of two runs have them, one stage in three."""

    def breaks(scenario):
        executions = len(scenario.requests) * len(scenario.pipeline.stages)
        return len(scenario.requests) >= 2 and executions >= 3

    two = replace(big(), requests=big().requests[:2], faults=())
    found = shrink(two, breaks, {}, allowance=500_000).scenario
    assert (len(found.pipeline.stages), len(found.requests)) == (1, 3)


def test_stages_stand_in_a_row_where_being_parallel_is_not_needed():
    def breaks(scenario):
        depends = any(stage.after for stage in scenario.pipeline.stages)
        return depends and len(scenario.pipeline.stages) >= 3

    found = shrunk(breaks)
    assert not in_parallel(found)
    assert [stage.name for stage in found.pipeline.stages] == ["a", "b", "c"]


def test_keys_that_nothing_deduplicates_go():
    keyed = replace(big(), requests=tuple(replace(r, idempotency_key="k") for r in big().requests))
    found = shrink(keyed, lambda _s: True, {}, allowance=500_000).scenario
    assert [run.idempotency_key for run in found.requests] == [None]


def test_a_minimal_scenario_is_left_as_it_is():
    def breaks(scenario):
        return has_fault(scenario, FaultKind.HANG) and len(scenario.requests) >= 2

    once = shrunk(breaks)
    again = shrink(once, breaks, {}, allowance=500_000)
    assert again.scenario == once


def test_the_allowance_is_kept_and_the_best_so_far_is_given():
    largest = shrink(big(), lambda _s: False, {}, allowance=1).work
    executions = []
    for allowance in (1, 100, 200, 400):
        tried = []

        def breaks(scenario, tried=tried):
            tried.append(scenario)
            return len(scenario.requests) >= 2

        found = shrink(big(), breaks, taken_by(big()), allowance=allowance)
        assert len(tried) == found.executions
        assert allowance <= found.work < allowance + largest
        assert not found.complete
        assert len(found.scenario.requests) >= 2
        executions.append(found.executions)
    assert executions == sorted(set(executions))
    assert executions[0] == 1


@pytest.mark.parametrize("seed", range(15))
def test_whatever_breaks_by_chance_still_breaks_when_it_is_shrunk(seed):
    """A predicate without any order, and that never says two things of one scenario."""

    def breaks(scenario):
        if scenario.latencies.seed:
            return True  # the original, however its latencies are written down
        found = size(scenario)
        return Random(f"{seed}{sorted(found.items())}").random() < 0.4

    found = shrink(big(), breaks, taken_by(big()), allowance=20_000)
    assert breaks(found.scenario)


def test_no_smaller_scenario_is_tried_twice_and_none_is_invalid():
    tried = []

    def breaks(scenario):
        tried.append(repr(scenario))
        names = [stage.name for stage in scenario.pipeline.stages]
        keys = [run.key for run in scenario.requests]
        assert names
        assert keys
        for fault in scenario.faults:
            assert fault.stage in names
            assert fault.run is None or fault.run in keys
        return len(names) >= 3 and len(keys) >= 2 and bool(scenario.faults)

    shrink(big(), breaks, taken_by(big()), allowance=500_000)
    assert len(tried) == len(set(tried))


class Swallowing(ReferenceAdapter):
    """Reports a run whose stage failed as completed: the planted bug."""

    async def run(self, built, pipeline, request):
        result = await super().run(built, pipeline, request)
        return RunResult(ended="completed") if result.ended == "failed" else result


KINDS = (FaultKind.RAISE, FaultKind.FAIL, FaultKind.SLOW, FaultKind.RETURN_NONE)


def drawn(seed):
    """A scenario in which something fails."""
    random = Random(seed)
    pipeline = workloads.random_graph(random, random.randint(2, 7))
    runs = workloads.requests(random, random.randint(1, 5))
    faults = workloads.faults(random, pipeline, runs, KINDS, count=3)
    certain = Fault(kind=FaultKind.RAISE, stage=pipeline.topological_order()[0], run=runs[-1].key)
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=pipeline,
        requests=runs,
        faults=(certain, *faults),
        latencies=workloads.latencies(random),
    )


def minimised(seed):
    adapter = Swallowing()
    scenario = drawn(seed)
    law = "dag/failure-surfaces"
    verdict = run_and_judge(adapter, adapter.describe(), scenario).verdicts[law]
    arguments = {
        "scenario": scenario_format.to_json(scenario),
        "law": law,
        "outcome_class": verdict.outcome_class,
        "allowance": 40_000,
    }
    return jobs.minimise(adapter, arguments, lambda _event: None)


@pytest.mark.slow
def test_thirty_seeds_of_one_planted_bug_have_one_fingerprint():
    found = [minimised(seed) for seed in range(30)]
    assert all(one["reproduced"] and one["complete"] for one in found)
    assert {tuple(one["features"]) for one in found} == {("fault:raise",)}
    assert len({one["fingerprint"] for one in found}) == 1
    assert {len(one["scenario"]["pipeline"]["stages"]) for one in found} == {1}
    assert len({str(one["scenario"]["pipeline"]) for one in found}) == 1


def test_what_does_not_break_is_not_reproduced():
    arguments = {
        "scenario": scenario_format.to_json(drawn(1)),
        "law": "dag/failure-surfaces",
        "outcome_class": "nothing",
        "allowance": 10,
    }
    assert jobs.minimise(ReferenceAdapter(), arguments, print) == {"reproduced": False}


def test_the_reference_keeps_what_the_planted_bug_breaks():
    found = minimised(3)
    arguments = {"scenario": found["scenario"], "law": "dag/failure-surfaces", "count": 5}
    control = jobs.control(ReferenceAdapter(), arguments, print)
    assert control["states"] == {"holds": 5, "broken": 0, "unknown": 0}


def test_features_do_not_depend_on_names_counts_or_numbers():
    def scenario(names, milliseconds, count):
        first, second = names
        stages = (
            StageSpec(name=first, function=workloads.GIVE),
            StageSpec(name=second, function=workloads.GIVE, after=(first,)),
        )
        return Scenario(
            kind=Kind.CHAOS,
            pipeline=PipelineSpec(name=first, stages=stages, stage_timeout_ms=milliseconds),
            requests=workloads.requests(Random(milliseconds), count),
            faults=tuple(
                Fault(kind=FaultKind.SLOW, stage=first, run=f"r{n}", milliseconds=milliseconds)
                for n in range(count)
            ),
            latencies=Latencies(fixed={"*": 1.0, f"r0/{first}/1": milliseconds}),
        )

    first = fingerprint.features(scenario(("a", "b"), 10.0, 2))
    assert first == ("concurrent-runs", "dependency", "fault:slow", "stage-timeout")
    assert fingerprint.features(scenario(("x", "a"), 99.0, 7)) == first


@pytest.mark.parametrize(
    ("change", "feature"),
    [
        (lambda s: replace(s, requests=s.requests * 2), "concurrent-runs"),
        (
            lambda s: replace(s, requests=(replace(s.requests[0], cancel_after_ms=1.0),)),
            "caller-cancels",
        ),
        (lambda s: replace(s, pipeline=workloads.chain(2)), "dependency"),
        (lambda s: replace(s, pipeline=workloads.chain(100)), "depth"),
        (lambda s: replace(s, pipeline=workloads.fan_out(2)), "parallel-stages"),
        (
            lambda s: replace(s, pipeline=replace(s.pipeline, stage_timeout_ms=1.0)),
            "stage-timeout",
        ),
        (lambda s: replace(s, latencies=Latencies(seed=3)), "set-order"),
        (
            lambda s: replace(
                s,
                pipeline=replace(
                    workloads.chain(2), stages=tuple(reversed(workloads.chain(2).stages))
                ),
            ),
            "registration-order",
        ),
        (
            lambda s: replace(s, faults=(Fault(kind=FaultKind.HANG, stage="s0"),)),
            "fault:hang",
        ),
    ],
)
def test_each_necessary_thing_is_a_feature(change, feature):
    plain = Scenario(
        kind=Kind.CHAOS,
        pipeline=workloads.chain(1),
        requests=workloads.requests(Random(1), 1),
    )
    assert fingerprint.features(plain) == ()
    assert feature in fingerprint.features(change(plain))


def test_a_fingerprint_changes_with_each_of_its_parts():
    parts = ("a/b", "x.Y", "late", ("dependency",))
    others = [("a/c", *parts[1:]), ("a/b", "x.Z", *parts[2:]), (*parts[:2], "twice", parts[3])]
    others.append((*parts[:3], ()))
    found = {fingerprint.fingerprint(*one) for one in [parts, parts, *others]}
    assert len(found) == 5
    assert all(len(one) == 16 for one in found)


def plain(*stages, runs=1, faults=(), fixed=None, **more):
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=PipelineSpec(name="p", stages=stages, **more),
        requests=tuple(
            RunRequest(
                key=f"r{n}", input={}, identity=workloads.identity_of(n, n), start_ms=n * 3.0
            )
            for n in range(runs)
        ),
        faults=faults,
        latencies=Latencies(fixed={"*": 1.0, **(fixed or {})}),
    )


def smallest(scenario, breaks):
    return shrink(scenario, breaks, scenario.latencies.fixed, allowance=100_000).scenario


def test_several_runs_become_one_with_its_stages_in_a_row():
    made = plain(StageSpec(name="a", function="m:f"), StageSpec(name="b", function="m:f"), runs=3)

    def breaks(scenario):
        both = len(scenario.pipeline.stages) == 2
        joined = any(stage.after for stage in scenario.pipeline.stages)
        return both and (len(scenario.requests) > 1 or joined)

    found = smallest(made, breaks)
    assert len(found.requests) == 1
    assert [stage.after for stage in found.pipeline.stages] == [(), ("a",)]


def test_a_nested_pipeline_is_taken_out_and_its_run_given_up():
    inner = PipelineSpec(name="inner", stages=(StageSpec(name="x", function="m:f"),))
    made = plain(StageSpec(name="a", nested=inner), StageSpec(name="b", function="m:f"))

    def breaks(scenario):
        nested = any(stage.nested for stage in scenario.pipeline.stages)
        return nested or scenario.requests[0].cancel_after_ms is not None

    found = smallest(made, breaks)
    assert not any(stage.nested for stage in found.pipeline.stages)
    assert found.requests[0].cancel_after_ms == 0.5


def test_a_stage_that_hangs_becomes_one_that_takes_long():
    hang = Fault(kind=FaultKind.HANG, stage="a")
    made = plain(StageSpec(name="a", function="m:f"), faults=(hang,))

    def breaks(scenario):
        hangs = any(fault.kind is FaultKind.HANG for fault in scenario.faults)
        return hangs or scenario.latencies.fixed.get("r0/a/1", 1.0) > 1

    found = smallest(made, breaks)
    assert found.faults == ()
    assert set(found.latencies.fixed) == {"*", "r0/a/1"}


def test_a_plain_stage_takes_as_long_in_one_piece_as_the_other_did_in_many():
    made = plain(StageSpec(name="a", function="m:f"), fixed={"r0/a/2": 7.0, "r0/a/llm.chat/1": 9.0})

    def breaks(scenario):
        return any(factor > 5 for factor in scenario.latencies.fixed.values())

    found = smallest(made, breaks)
    assert found.pipeline.stages[0].function == workloads.GIVE
    assert {name for name in found.latencies.fixed if name != "*"} <= {"r0/a/1"}


def test_the_first_run_starts_at_once_and_the_others_keep_their_distance():
    made = plain(StageSpec(name="a", function="m:f"), runs=3)
    late = replace(made, requests=made.requests[1:])
    found = smallest(late, lambda s: len(s.requests) == 2 and gap(s) == 3.0)
    assert [request.start_ms for request in found.requests] == [0.0, 3.0]


def gap(scenario):
    first, second = scenario.requests
    return second.start_ms - first.start_ms


def test_idempotency_survives_renaming():
    stages = [StageSpec(name="work", function="m:f", kind=StageKind.WORK)]
    made = plain(*stages, runs=2, deduplicates=True)
    keyed = tuple(replace(request, idempotency_key="k") for request in made.requests)
    found = smallest(
        replace(made, requests=keyed), lambda s: s.pipeline.deduplicates and len(s.requests) == 2
    )
    assert found.pipeline.name == "minimal"
    assert found.pipeline.stages[0].kind is StageKind.WORK
    assert {request.idempotency_key for request in found.requests} == {"k"}
