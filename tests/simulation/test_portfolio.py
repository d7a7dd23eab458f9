"""Which schedule comes i-th, what each strategy finds, and that correct programs are left alone."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from production_testers.model.errors import UsageError
from production_testers.simulation import (
    STRATEGIES,
    Detector,
    Fault,
    FaultKind,
    Faults,
    Model,
    Schedule,
    execute,
    explore,
)
from production_testers.simulation.execution import Profile
from production_testers.simulation.portfolio import (
    REORDERING,
    STRICT,
    everywhere,
    planned,
    turns_of,
)
from simulation.programs import correct, more_races, races
from simulation.test_exploring_loop import done_callbacks_before_whoever_awaits

SEEDS = range(3)

PROFILE = Profile(
    steps={"main": 4, "main/a[0]": 3, "main/a[0]/thread[0]": 1, "main/b[0]": 2},
    calls=frozenset({"main/a[0]/thread[0]"}),
    choices=6,
    sleeps=3,
    threads=1,
    virtual_s=0.25,
    ports={"m:f": 2, "m:g": 1},
)


def look_for(program, seed=0, **options):
    """Search without taking a failure apart."""
    return explore(program, seed=seed, stop_at_first=True, minimise=False, isolate=False, **options)


def plan(count, *, seed=1, profile=PROFILE, faults=None, **options):
    turns = turns_of(profile, **options)
    return [planned(seed, index, profile, turns, faults) for index in range(count)]


# What is found


@pytest.mark.parametrize("name", races.PROGRAMS)
def test_each_race_is_found_within_100_schedules(name):
    for seed in SEEDS:
        found = look_for(races.PROGRAMS[name], seed, schedules=100)
        assert found.failures, f"seed {seed}: {found}"


@pytest.mark.slow
def test_most_races_of_other_kinds_are_found_within_100_schedules():
    for seed in SEEDS:
        missed = [
            name
            for name, program in more_races.PROGRAMS.items()
            if look_for(program, seed, schedules=100, faults=Faults(late_work=True)).ok
        ]
        assert len(missed) <= 4, f"seed {seed}: {missed}"


SUITED = {
    "few-late": races.check_then_act_cache_timed,
    "any-next": more_races.answers_out_of_order,
    "uneven": more_races.stale_leader_still_writes,
    "ranked": more_races.published_before_subscribed,
    "wide-latency": races.torn_read_of_depth_3_timed,
    "walk": more_races.generator_closed_under_its_consumer,
    "holds": more_races.starved_writer_drops_its_data,
    "pct1": more_races.identifiers_by_length,
    "pct2": more_races.pool_hands_one_connection_to_two_users,
    "pct3": more_races.task_done_missing_on_error,
    "pos": races.torn_read_of_depth_3_ordered,
    "urw": more_races.lock_of_another_instance,
}


@pytest.mark.parametrize("strategy", sorted({*STRICT, *REORDERING}))
def test_each_strategy_finds_what_suits_it(strategy):
    for seed in SEEDS:
        found = look_for(SUITED[strategy], seed, schedules=60, strategies=[strategy])
        assert found.failures, f"seed {seed}: {found}"
        assert found.failures[0].strategy == strategy
        assert set(found.power.strategies) == {"fifo", strategy}


@pytest.mark.parametrize("name", [n for n, needs in races.NEEDS.items() if needs == "order"])
def test_what_needs_an_order_is_not_found_in_the_strict_model(name):
    assert look_for(races.PROGRAMS[name], schedules=60, model="strict").ok


@pytest.mark.parametrize("name", [n for n, needs in races.NEEDS.items() if needs == "timing"])
def test_what_needs_timing_is_found_in_the_strict_model(name):
    found = look_for(races.PROGRAMS[name], schedules=100, model="strict")
    assert [failure.feasible for failure in found.failures] == [True]


def test_work_that_may_be_late_runs_into_time_outs_only_when_that_is_allowed():
    program = more_races.timeout_leaves_half_a_rename
    assert look_for(program, schedules=60).ok
    assert not look_for(program, schedules=60, faults=Faults(late_work=True)).ok


# What is left alone


POLLING = {
    "cancellation_with_clean_up",
    "merged_event_streams",
    "polling_for_a_flag",
    "polling_for_a_timer",
}


@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow if name in POLLING else ())
        for name in correct.PROGRAMS
    ],
)
def test_a_correct_program_does_not_fail(name, model):
    found = explore(
        correct.PROGRAMS[name], schedules=40, model=model, isolate=False, minimise=False
    )
    assert found.ok, found
    assert found.notes == ()


@pytest.mark.slow
def test_done_callbacks_come_first_in_300_schedules():
    found = explore(done_callbacks_before_whoever_awaits, schedules=300, isolate=False)
    assert found.ok, found
    assert found.power.interleavings > 100


@pytest.mark.slow
def test_faults_make_correct_programs_fail_only_in_ways_of_their_own():
    """Their promises break, or they wait for whom was cancelled; we lose nothing and leave none."""
    own = {Detector.ERROR, Detector.DEADLOCK, Detector.LIVELOCK}
    kinds = Counter()
    for name in sorted(set(correct.PROGRAMS) - POLLING)[::2]:
        program = correct.PROGRAMS[name]
        found = explore(
            program, schedules=12, faults=Faults(cancel=True, clock_s=5, at_most=2), minimise=False
        )
        assert {failure.problem.detector for failure in found.failures} <= own, f"{name}: {found}"
        kinds.update(f.problem.identity[1] for f in found.failures if f.problem.detector == "error")
    assert set(kinds) <= {"AssertionError", "RuntimeError", "ExceptionGroup"}, kinds
    assert kinds["AssertionError"] > 5


# Plans


def test_the_first_schedule_is_asyncios_own_order():
    for faults in (None, Faults(cancel=True)):
        first = plan(1, faults=faults)[0]
        assert (first.strategy, first.schedule) == ("fifo", Schedule())


def test_a_smaller_plan_is_the_beginning_of_a_larger_one():
    assert plan(40) == plan(120)[:40]


def test_another_seed_is_another_plan():
    assert [e.schedule for e in plan(30, seed=1)][1:] != [e.schedule for e in plan(30, seed=2)][1:]
    schedules = [repr(entry.schedule) for entry in plan(200)]
    assert len(set(schedules)) == 200


def test_every_strategy_has_its_turn_and_says_what_it_does():
    entries = plan(200)
    counts = Counter(entry.strategy for entry in entries)
    assert set(counts) == set(STRATEGIES) - {"exhaustive"}
    assert min(counts.values()) >= 1
    assert all(entry.options for entry in entries)
    assert "priorities, 1 changed over 6 choices" in next(
        entry.options for entry in entries if entry.strategy == "pct2"
    )


def test_schedules_are_of_the_model_of_their_strategy():
    for entry in plan(200)[1:]:
        expected = Model.STRICT if entry.strategy in STRICT else Model.REORDERING
        assert entry.schedule.model is expected, entry


@pytest.mark.parametrize(
    ("sleeps", "choices", "low", "high"),
    [(1, 99, 0.28, 0.35), (50, 50, 0.48, 0.55), (99, 1, 0.65, 0.72)],
)
def test_both_models_have_their_share_of_the_turns(sleeps, choices, low, high):
    profile = replace(PROFILE, sleeps=sleeps, threads=0, choices=choices)
    for count in (30, 100, 176):
        turns = turns_of(profile)[:count]
        assert low <= sum(name in STRICT for name in turns) / len(turns) <= high


def test_a_program_that_does_not_sleep_has_no_latencies():
    profile = replace(PROFILE, sleeps=0, threads=0)
    assert not set(turns_of(profile)) & set(STRICT)
    assert all(entry.schedule.latency is None for entry in plan(60, profile=profile))


def test_a_program_without_a_choice_is_only_run_as_it_is():
    profile = replace(PROFILE, sleeps=0, threads=0, choices=0)
    assert turns_of(profile) == ()
    assert {entry.strategy for entry in plan(10, profile=profile)} == {"fifo"}


def test_a_program_that_sleeps_may_have_choices_under_other_latencies():
    assert set(turns_of(replace(PROFILE, choices=0))) & set(REORDERING)


def test_a_model_has_its_own_strategies_only():
    assert set(turns_of(PROFILE, Model.STRICT)) == set(STRICT)
    assert set(turns_of(PROFILE, Model.REORDERING)) == set(REORDERING)


@pytest.mark.parametrize(
    ("model", "strategies", "message"),
    [
        (None, ["wlak"], "none called 'wlak'. Known: fifo"),
        (Model.STRICT, ["few-late", "walk"], "walk is not of the strict model"),
        (Model.STRICT, ["exhaustive"], "exhaustive is not of the strict model"),
        (Model.REORDERING, ["few-late"], "few-late is not of the reordering model"),
    ],
)
def test_strategies_that_cannot_be_are_refused(model, strategies, message):
    with pytest.raises(UsageError, match=message):
        turns_of(PROFILE, model, strategies)


# Faults in plans


def faults_of(faults, count=150):
    return [fault for entry in plan(count, faults=faults)[1:] for fault in entry.schedule.faults]


def test_no_fault_is_the_default():
    for faults in (None, Faults()):
        assert faults_of(faults) == []
        assert not any(entry.schedule.impatient for entry in plan(100, faults=faults))


def test_tasks_are_cancelled_at_steps_that_they_have_and_never_the_program_itself():
    drawn = faults_of(Faults(cancel=True))
    assert {(fault.target, fault.nth, fault.waiting) for fault in drawn} == {
        (task, nth, waiting)
        for task, steps in (("main/a[0]", 3), ("main/b[0]", 2))
        for nth in range(1, steps + 1)
        for waiting in (False, True)
        if nth > 1 or not waiting
    }


def test_ports_have_the_faults_that_are_allowed_at_calls_that_come():
    kinds = {"m:f": [FaultKind.RAISE, FaultKind.DELAY], "m:g": ["drop"], "m:never": ["drop"]}
    drawn = faults_of(Faults(ports=kinds, errors=["builtins:KeyError"], late_s=0.5))
    seen = {(fault.target, fault.kind, fault.nth) for fault in drawn}
    assert seen == {
        ("m:f", FaultKind.RAISE, 1),
        ("m:f", FaultKind.RAISE, 2),
        ("m:f", FaultKind.DELAY, 1),
        ("m:f", FaultKind.DELAY, 2),
        ("m:g", FaultKind.DROP, 1),
    }
    assert {fault.error for fault in drawn} == {"builtins:KeyError"}
    assert all(0 < fault.seconds <= 0.5 for fault in drawn)


def test_the_clock_jumps_or_is_wrong_from_the_start():
    drawn = faults_of(Faults(clock_s=3))
    assert {fault.kind for fault in drawn} == {FaultKind.CLOCK}
    assert all(-3 <= fault.seconds <= 3 and 0 <= fault.at_s <= 0.25 for fault in drawn)
    assert {fault.at_s == 0 for fault in drawn} == {fault.seconds > 0 for fault in drawn}
    assert len({fault.at_s == 0 for fault in drawn}) == 2


def test_there_are_at_most_as_many_faults_as_are_allowed():
    entries = plan(150, faults=Faults(cancel=True, clock_s=1, at_most=3))
    assert {len(entry.schedule.faults) for entry in entries[1:]} == {1, 2, 3}


def test_where_nothing_can_go_wrong_nothing_does():
    profile = Profile(steps={"main": 3}, choices=1, sleeps=1, virtual_s=0.1)
    entries = plan(50, profile=profile, faults=Faults(cancel=True, ports={"m:f": ["drop"]}))
    assert {entry.schedule.faults for entry in entries} == {()}


def test_other_faults_leave_time_outs_patient():
    entries = plan(100, faults=Faults(cancel=True, clock_s=1))
    assert any(entry.schedule.latency for entry in entries)
    assert not any(entry.schedule.impatient for entry in entries)


def test_late_work_is_impatient_where_there_are_latencies():
    entries = plan(100, faults=Faults(late_work=True))
    assert {entry.schedule.impatient for entry in entries if entry.schedule.latency} == {True}
    assert {entry.schedule.impatient for entry in entries if not entry.schedule.latency} == {False}


def test_everywhere_is_every_step_of_every_task_but_the_programs_own():
    points = [(f.target, f.nth, f.waiting) for f in everywhere(PROFILE)]
    assert points == [
        ("main/a[0]", 1, False),
        ("main/a[0]", 2, False),
        ("main/a[0]", 2, True),
        ("main/a[0]", 3, False),
        ("main/a[0]", 3, True),
        ("main/b[0]", 1, False),
        ("main/b[0]", 2, False),
        ("main/b[0]", 2, True),
    ]


def test_every_cancellation_of_everywhere_happens():
    async def program():
        async def child(number):
            for _ in range(number):
                await asyncio.sleep(0.01)
            await asyncio.to_thread(len, "abc")

        await asyncio.gather(child(0), child(1), child(2), return_exceptions=True)

    faults = everywhere(execute(program, Schedule()).profile)
    assert len(faults) == 2 * (2 + 3 + 4) - 3
    for fault in faults:
        assert execute(program, Schedule(faults=(fault,))).fired == 1, fault
    never = Fault(kind=FaultKind.CANCEL, target="main/child[0]/thread[0]", nth=1)
    assert execute(program, Schedule(faults=(never,))).fired == 0


def test_pct_has_any_depth():
    profile = Profile(steps={"main": 3, "main/a[0]": 4}, choices=9)
    assert turns_of(profile, strategies=["pct5"]) == ("pct5",)
    assert set(turns_of(profile, Model.REORDERING, ["pct12", "walk"])) == {"walk", "pct12"}
    schedule = planned(0, 1, profile, ("pct5",)).schedule
    assert schedule.order.strategy == "pct"
    assert schedule.order.options == {"depth": 5, "steps": 9}
    with pytest.raises(UsageError, match="pct5 is not of the strict model"):
        turns_of(profile, Model.STRICT, ["pct5"])
    with pytest.raises(UsageError, match="there is none called 'pct0'"):
        turns_of(profile, strategies=["pct0"])
