"""What the reference allows, on scenarios small enough to say it by hand."""

from dataclasses import replace
from random import Random

import pytest

from production_testers.experiments import workloads
from production_testers.model.history import EventKind
from production_testers.model.scenario import FaultKind, Kind, Latencies, RunRequest, Scenario

RAISE, FAIL, CANCEL, HANG = FaultKind.RAISE, FaultKind.FAIL, FaultKind.CANCEL, FaultKind.HANG
DIAMOND = ("top", "left < top", "right < top", "join < left right")


@pytest.mark.parametrize(
    ("faults", "outcomes"),
    [
        ([], {"completed"}),
        ([(RAISE, "left")], {"failed:left"}),
        ([(RAISE, "left"), (FAIL, "right")], {"failed:left", "failed:right"}),
        ([(RAISE, "left"), (CANCEL, "right")], {"failed:left", "cancelled:right"}),
        ([(RAISE, "top"), (CANCEL, "join")], {"failed:top"}),
        ([(CANCEL, "top")], {"cancelled:top"}),
        ([(RAISE, "left"), (RAISE, "join")], {"failed:left"}),
        ([(FaultKind.RETRY, "join")], {"failed:join"}),
        ([(FaultKind.SKIP, "left")], {"completed"}),
        ([(FaultKind.RETURN_NONE, "left")], {"completed"}),
        ([(FaultKind.MUTATE_INPUTS, "join")], {"completed"}),
        ([(FaultKind.SLOW, "join", 500.0)], {"completed"}),
        ([(HANG, "left")], {"hangs", "failed:left"}),  # the framework may have its own time-out
    ],
)
def test_the_allowed_outcomes(lab, faults, outcomes):
    assert lab.expected(lab.scenario(*DIAMOND, faults=faults)).outcomes == outcomes


def test_a_failure_beside_a_hang_is_allowed(lab):
    made = lab.scenario(*DIAMOND, faults=[(HANG, "left"), (RAISE, "right")])
    assert "failed:right" in lab.expected(made).outcomes
    assert "completed" not in lab.expected(made).outcomes


def test_a_hang_ends_by_the_time_out_where_there_is_one(lab):
    made = lab.scenario(*DIAMOND, faults=[(HANG, "left")], timeout_ms=20.0)
    assert lab.expected(made).outcomes == {"failed:left"}


@pytest.mark.parametrize(
    ("slow_ms", "outcomes"),
    [
        (46.5, {"completed"}),
        (47.5, {"completed", "failed:a"}),
        (48.0, {"completed", "failed:a"}),
        (48.5, {"completed", "failed:a"}),
        (53.5, {"completed", "failed:a"}),
        (54.5, {"failed:a"}),
    ],
)
def test_near_the_time_out_and_a_tenth_behind_it_both_endings_are_allowed(lab, slow_ms, outcomes):
    slow = (FaultKind.SLOW, "a", slow_ms)  # the stage itself takes another two milliseconds
    made = lab.scenario("a", "b < a", faults=[slow], timeout_ms=50.0)
    assert lab.expected(made).outcomes == outcomes


def test_latency_counts_against_the_time_out(lab):
    made = lab.scenario("a", timeout_ms=50.0, latencies=Latencies(fixed={"*": 1.0, "r0/a/1": 60.0}))
    assert lab.expected(made).outcomes == {"failed:a"}


def test_a_caller_that_gives_up_may_come_too_late(lab):
    identity = lab.scenario("a").requests[0].identity
    request = RunRequest(key="r0", input={}, identity=identity, cancel_after_ms=5.0)
    assert lab.expected(lab.scenario("a", requests=(request,))).outcomes == {
        "completed",
        "cancelled",
    }


def test_each_run_has_its_own_expectation(lab):
    made = lab.scenario("a", runs=2, faults=[(RAISE, "a")])
    made = replace(made, faults=(replace(made.faults[0], run="r1"),))
    assert lab.expected(made, "r0").outcomes == {"completed"}
    assert lab.expected(made, "r1").outcomes == {"failed:a"}


def routed(lab, route):
    give, route_stage = lab.give, lab.route
    return lab.scenario(
        stage_specs=[
            lab.StageSpec(name="router", function=route_stage, params={"skip_when": "skip"}),
            lab.StageSpec(name="maybe", function=give, after=("router",), skippable=True),
            lab.StageSpec(name="always", function=give, after=("router",)),
            lab.StageSpec(name="behind", function=give, after=("maybe",)),
        ],
        input={"route": route},
    )


def test_a_skip_request_reaches_skippable_dependants_only(lab):
    found = lab.expected(routed(lab, "skip"))
    assert found.skipped == {"maybe"}
    assert found.executed == {"router", "always"}
    # What is behind a skip is left open, and so is what is computed from an output that says so:
    # a framework may hand the request on as one more key of it.
    assert set(found.outputs) == {"router"}
    assert found.outcomes == {"completed"}


def test_without_a_skip_request_everything_runs(lab):
    found = lab.expected(routed(lab, "go on"))
    assert found.skipped == frozenset()
    assert found.executed == set(found.outputs) == {"router", "maybe", "always", "behind"}


def test_outputs_are_what_the_stages_really_give(lab):
    made = lab.scenario(*DIAMOND)
    gave = {e.stage: e.value["digest"] for e in lab.run(made).history.of(EventKind.STAGE_ENDED)}
    assert lab.expected(made).outputs == gave


def test_behind_a_failure_nothing_is_expected(lab):
    found = lab.expected(lab.scenario(*DIAMOND, faults=[(RAISE, "left")]))
    assert found.executed == {"top", "left", "right"}
    assert set(found.outputs) == {"top", "right"}


@pytest.mark.parametrize("block", range(4))
def test_the_reference_ends_as_the_reference_allows(lab, block):
    for seed in range(block * 40, block * 40 + 40):
        random = Random(seed)
        pipeline = workloads.random_graph(random, random.randint(1, 7))
        if random.random() < 0.5:
            pipeline = workloads.pipeline_of("p", pipeline.stages, random, 60.0)
        runs = workloads.requests(random, random.randint(1, 4))
        kinds = [kind for kind in FaultKind if kind is not HANG or pipeline.stage_timeout_ms]
        made = Scenario(
            kind=Kind.CHAOS,
            pipeline=pipeline,
            requests=runs,
            faults=workloads.faults(random, pipeline, runs, kinds, count=3),
            latencies=workloads.latencies(random),
        )
        observation = lab.run(made)
        for event in observation.history.of(EventKind.RUN_ENDED):
            allowed = observation.expected[event.run]
            assert event.value["outcome"] in allowed.outcomes, seed
            if event.value["outcome"] == "completed":
                started = {
                    e.stage for e in observation.history.of(EventKind.STAGE_STARTED, run=event.run)
                }
                assert allowed.executed <= started, seed
                assert not allowed.skipped & started, seed
        assert len(list(observation.history.of(EventKind.RUN_ENDED))) == len(runs)
