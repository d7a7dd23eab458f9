"""Failing schedules become small, say the same, and fail as before."""

import asyncio
import json

import pytest

from production_testers.model.errors import UsageError
from production_testers.simulation import (
    Delay,
    Fault,
    FaultKind,
    Hold,
    Limits,
    Schedule,
    execute,
    explore,
    shrink,
)
from production_testers.simulation.schedule import Latency, Order
from production_testers.simulation.shrinking import ROUND_S, STEP_BUDGET, shrink_with
from simulation.programs import more_races, races


async def late_start_loses():
    """Fails when the first sleep takes over 30 ms longer than the second."""
    log = []

    async def step(name, seconds):
        await asyncio.sleep(seconds)
        log.append(name)

    await asyncio.gather(step("a", 0.02), step("b", 0.05), step("c", 0.01))
    assert log.index("a") < log.index("b")


async def second_before_first():
    log = []

    async def step(name):
        await asyncio.sleep(0)
        log.append(name)
        await asyncio.sleep(0)

    await asyncio.gather(*map(step, "abcd"))
    assert log.index("a") < log.index("b")


def failing_schedule(program, make, **options):
    """The first schedule of a kind under which the program fails."""
    return next(
        schedule
        for schedule in map(make, range(1_000))
        if execute(program, schedule, **options).problems
    )


def walk(number, **more):
    return Schedule(order=Order(strategy="walk", seed=number), **more)


def wide(number, *, factor=5.0, **more):
    options = {"factor": factor, "call_s": 0.1}
    return Schedule(latency=Latency(distribution="wide", seed=number, options=options), **more)


def test_an_order_becomes_one_hold():
    smallest = shrink(second_before_first, failing_schedule(second_before_first, walk))
    (hold,) = smallest.schedule.holds
    assert (hold.task, hold.others) == ("main/step[0]", None)
    assert smallest.schedule == Schedule(holds=(hold,))
    assert smallest.problems[0].summary.startswith("AssertionError")


def test_latencies_become_one_round_delay():
    smallest = shrink(late_start_loses, failing_schedule(late_start_loses, wide))
    (delay,) = smallest.schedule.delays
    assert (delay.task, delay.nth) == ("main/step[0]", 1)
    assert delay.seconds in ROUND_S
    assert delay.seconds > 0.03
    assert smallest.schedule == Schedule(delays=(delay,))


def test_what_is_not_needed_is_dropped():
    faults = (
        Fault(kind=FaultKind.CLOCK, seconds=5.0),
        Fault(kind=FaultKind.DELAY, target="json:dumps", seconds=0.001),
    )
    given = failing_schedule(
        late_start_loses,
        lambda number: wide(number, seed=7, order_seed=9, impatient=True, faults=faults),
    )
    smallest = shrink(late_start_loses, given).schedule
    assert (smallest.seed, smallest.order_seed, smallest.impatient, smallest.faults) == (
        0, 0, False, (),
    )  # fmt: skip
    assert smallest.size == 1


def test_a_failure_that_needs_nothing_needs_nothing():
    async def program():
        await asyncio.gather(asyncio.sleep(0.01), asyncio.sleep(0))
        raise ValueError("always")

    assert shrink(program, walk(3, latency=wide(1).latency, seed=4)).schedule == Schedule()


def test_what_is_needed_together_stays():
    async def program():
        done = []

        async def step(name, seconds):
            await asyncio.sleep(seconds)
            done.append(name)

        await asyncio.gather(step("a", 0.01), step("b", 0.01), step("c", 0.03))
        json.dumps(done)
        assert done != ["c", "a", "b"]
        assert done != ["c", "b", "a"]

    delays = tuple(
        Delay(task=f"main/step[{number}]", nth=1, seconds=0.5 + number) for number in range(2)
    )
    spare = (Delay(task="main/step[2]", nth=1, seconds=0.001),)
    smallest = shrink(program, Schedule(delays=delays + spare)).schedule
    assert {delay.task for delay in smallest.delays} == {"main/step[0]", "main/step[1]"}


def test_faults_that_are_needed_stay_and_others_go():
    async def program():
        failed = 0
        for number in range(6):
            try:
                json.dumps(number)
            except OSError:
                failed += 1
        assert failed < 2

    faults = tuple(
        Fault(kind=FaultKind.RAISE, target="json:dumps", nth=nth) for nth in (1, 3, 4, 6)
    )
    smallest = shrink(program, Schedule(faults=faults)).schedule
    assert len(smallest.faults) == 2
    assert set(smallest.faults) <= set(faults)


def test_the_same_failure_stays_though_another_one_is_nearer():
    async def program():
        log = []

        async def step(name):
            log.append(name)

        await asyncio.gather(*map(step, "abc"))
        if log == ["c", "b", "a"]:
            raise KeyError("reversed")
        assert log[0] == "a"

    given = next(
        schedule
        for schedule in map(walk, range(200))
        if execute(program, schedule).outcome.startswith("raised KeyError")
    )
    smallest = shrink(program, given)
    assert smallest.problems[0].identity == ("error", "KeyError", "program")


def test_holds_are_as_loose_as_they_can_be():
    tight = Schedule(holds=(Hold(task="main/step[0]", step=2, others=3),))
    assert execute(second_before_first, tight).problems
    (hold,) = shrink(second_before_first, tight).schedule.holds
    assert hold == Hold(task="main/step[0]", step=2, others=None)


def test_what_does_not_fail_cannot_be_made_small():
    with pytest.raises(UsageError, match="does not fail under this schedule"):
        shrink(second_before_first, Schedule())


def test_a_budget_bounds_the_work():
    given = failing_schedule(second_before_first, walk)
    failing = execute(second_before_first, given)
    spent = []

    def run(schedule):
        execution = execute(second_before_first, schedule)
        spent.append(execution.steps)
        return execution

    none = shrink_with(run, failing, budget=0)
    assert (none.tried, none.complete, none.execution) == (0, False, failing)
    some = shrink_with(run, failing, budget=100)
    assert not some.complete
    assert some.tried == len(spent) == 2  # the first one is the failing one, stated
    assert some.execution.problems[0].identity == failing.problems[0].identity
    whole = shrink_with(run, failing, budget=STEP_BUDGET)
    assert whole.complete
    assert whole.execution.schedule.size == 1


def test_a_livelock_can_be_made_small():
    async def program():
        flag = []

        async def setter():
            await asyncio.sleep(0.01)
            flag.append(True)

        async def poll():
            while not flag:  # noqa: ASYNC110 - what is tested
                await asyncio.sleep(0.001)

        await asyncio.gather(setter(), poll())

    limits = Limits(virtual_s=0.5)
    given = failing_schedule(program, lambda number: wide(number, factor=60.0), limits=limits)
    smallest = shrink(program, given, limits=limits)
    assert smallest.problems[0].detector == "livelock"
    assert {delay.task for delay in smallest.schedule.delays} == {"main/setter[0]"}


@pytest.mark.slow
def test_where_an_order_comes_down_to_many_holds_others_are_found():
    program = more_races.lock_of_another_instance
    sizes = [
        shrink(program, schedule).schedule.size
        for schedule in map(walk, range(60))
        if execute(program, schedule).problems
    ]
    assert len(sizes) > 5
    assert max(sizes) <= 2


@pytest.mark.slow
def test_nine_of_ten_races_need_at_most_two_directives():
    sizes = {}
    for name, program in races.PROGRAMS.items():
        for seed in range(3):
            found = explore(program, schedules=100, seed=seed, stop_at_first=True, isolate=False)
            (failure,) = found.failures
            again = execute(program, failure.schedule)
            assert again.problems[0].identity == failure.problem.identity, name
            assert not again.out_of_step
            sizes[name, seed] = failure.schedule.size
    few = sum(size <= 2 for size in sizes.values())
    assert few >= 0.9 * len(sizes), sizes
    assert sum(size == 1 for size in sizes.values()) >= 0.7 * len(sizes), sizes
