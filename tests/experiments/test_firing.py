"""A fault counts when the history shows that it happened, and a chaos run without any is none."""

from random import Random

import pytest

from production_testers.experiments import workloads
from production_testers.experiments.chaos import at_service, at_stage, fault_plan
from production_testers.experiments.exploration import KindReport
from production_testers.experiments.firing import GIVES_UP, fired_faults, planned_faults
from production_testers.experiments.jobs import _Tally
from production_testers.experiments.judging import run_and_judge
from production_testers.model.fault_plan import When
from production_testers.model.scenario import Fault, FaultKind, Kind, Scenario, using
from production_testers.model.usage import Call, Usage, Work
from production_testers.suts.reference import ReferenceAdapter

NEVER = When(share=0.0)


def scenario(*, faults=(), plan=None, cancel_after_ms=None, kind=Kind.CHAOS):
    random = Random(3)
    (request,) = workloads.requests(random, 1)
    if cancel_after_ms is not None:
        request = type(request)(
            key=request.key,
            input=request.input,
            identity=request.identity,
            cancel_after_ms=cancel_after_ms,
        )
    return Scenario(
        kind=kind,
        pipeline=workloads.chain(2),
        requests=(request,),
        faults=faults,
        plan=plan,
    )


def retrying(*works, cancel_after_ms=None):
    settings = {
        "attempts": 3,
        "growth": "constant",
        "base_ms": 10,
        "limit_ms": 10,
        "jitter": "none",
    }
    call = Call(
        key="c0",
        client="a",
        operation="execute",
        cancel_after_ms=cancel_after_ms,
        works={"attempt": works},
    )
    return using(Kind.CHAOS, Usage(unit="retry", settings=settings, calls=(call,)))


def executed(one):
    adapter = ReferenceAdapter()
    tally = _Tally(adapter.describe())
    tally.add(0, one, adapter)
    report = KindReport(kind=one.kind, planned=1)
    report.add(tally.as_json())
    return report


def fired(one):
    adapter = ReferenceAdapter()
    judged = run_and_judge(adapter, adapter.describe(), one)
    return dict(fired_faults(one, judged.observation.history))


def test_a_fault_of_a_stage_that_runs_is_counted_and_one_behind_it_is_not():
    raises = tuple(Fault(kind=FaultKind.RAISE, stage=stage) for stage in ("s0", "s1"))
    one = scenario(faults=raises)
    assert planned_faults(one) == 2
    assert fired(one) == {"raise": 1}


def test_a_rule_counts_by_what_it_did():
    plan = fault_plan(
        Random(1),
        at_stage("stage-slow", "s0", ms=5),
        at_stage("stage-raises", "s1", when=NEVER),
        at_service("http-503", "llm"),
    )
    one = scenario(plan=plan)
    assert planned_faults(one) == 3
    assert fired(one) == {"stage-slow": 1}


def test_a_caller_that_gives_up_in_time_counts():
    assert fired(scenario(cancel_after_ms=0.5)) == {GIVES_UP: 1}
    late = scenario(cancel_after_ms=5_000.0)
    assert (planned_faults(late), fired(late)) == (1, {})


@pytest.mark.parametrize(
    ("works", "planned", "expected"),
    [
        ((Work(),), 0, {}),
        ((Work(raises="timeout"), Work()), 1, {"work-raises-timeout": 1}),
        ((Work(), Work(raises="timeout")), 1, {}),
        ((Work(ms=2_000.0),), 1, {"work-slow": 1}),
    ],
)
def test_a_caller_s_own_code_that_goes_wrong_counts_when_it_was_executed(works, planned, expected):
    one = retrying(*works)
    assert planned_faults(one) == planned
    assert fired(one) == expected


def test_work_that_hangs_happens_when_it_starts():
    one = retrying(Work(hangs=True), cancel_after_ms=50.0)
    assert fired(one) == {"work-hangs": 1, GIVES_UP: 1}


def test_chaos_in_which_nothing_happened_shows_nothing():
    report = executed(scenario(plan=fault_plan(Random(1), at_stage("stage-raises", when=NEVER))))
    words = "none of the 1 planned faults happened in 1 schedules"
    assert report.why_inconclusive == words
    assert report.judged["dag/runs-once"]["holds"] == 1
    assert report.state_of("dag/runs-once") == "unknown"
    shown = report.as_json()
    assert (shown["faults_planned"], shown["faults_fired"]) == (1, {})
    assert shown["why_inconclusive"] == words


def test_chaos_in_which_one_fault_happened_shows_something():
    report = executed(scenario(faults=(Fault(kind=FaultKind.SLOW, stage="s0", milliseconds=1),)))
    assert report.why_inconclusive == ""
    assert report.state_of("dag/runs-once") == "holds"
    assert report.as_json()["faults_fired"] == {"slow": 1}


def test_a_broken_law_stays_broken_where_nothing_happened():
    report = KindReport(kind=Kind.CHAOS, planned=1, schedules=1)
    report.judged["x/y"] = type(report.faults_fired)({"broken": 1, "holds": 3})
    assert report.why_inconclusive
    assert report.state_of("x/y") == "broken"


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CHAOS])
def test_other_kinds_need_no_fault(kind):
    assert executed(scenario(kind=kind)).why_inconclusive == ""


def test_chaos_that_was_not_executed_is_left_to_the_plan():
    assert KindReport(kind=Kind.CHAOS, planned=4).why_inconclusive == ""
