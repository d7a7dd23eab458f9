"""What a caller gets wrong is told in one line that says what to do."""

import asyncio
import json
import uuid
from functools import partial

import pytest

from production_testers.model.ordering import Order
from production_testers.simulation import (
    Detector,
    Faults,
    Limits,
    Schedule,
    UsageError,
    cancel_everywhere,
    explore,
    read_schedule,
    replay,
    shrink,
    standalone,
)
from production_testers.simulation.schedule import Latency


async def naps():
    await asyncio.sleep(0.1)


async def naps_for(seconds):
    await asyncio.sleep(seconds)


async def numbers():
    yield 1


async def dumps():
    return json.dumps([])


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (naps_for, "Give them with functools.partial"),
        (numbers, "numbers is a generator"),
        (None, "None cannot be called"),
    ],
)
def test_what_is_no_program_is_said_before_anything_runs(program, message):
    with pytest.raises(UsageError, match=message):
        explore(program, schedules=2)


def test_a_coroutine_object_is_no_program():
    with pytest.raises(UsageError, match=r"Pass f itself instead of f\(\)"):
        explore(naps(), schedules=2)


def test_a_partial_is_a_program():
    assert explore(partial(naps_for, 1), schedules=2).ok


@pytest.mark.parametrize("call", [replay, shrink, standalone])
def test_a_failure_is_no_schedule(call):
    with pytest.raises(UsageError, match=r"Write failure\.schedule"):
        call(naps, {"format": "ptest.schedule/1"})


def test_an_unknown_version_of_a_schedule_is_refused():
    with pytest.raises(UsageError, match=r"ptest.schedule/2"):
        read_schedule({**Schedule().as_json(), "format": "ptest.schedule/2"})


@pytest.mark.parametrize(
    ("change", "message"),
    [({"holds": 3}, "holds|int"), ({"hold": []}, "hold: there is no such member")],
)
def test_a_schedule_with_other_members_is_refused(change, message):
    with pytest.raises(UsageError, match=message):
        read_schedule({**Schedule().as_json(), **change})


@pytest.mark.parametrize("kinds", ["raise", ["rise"], ["cancel"]])
def test_what_cannot_happen_at_a_port_is_said_when_it_is_written(kinds):
    with pytest.raises(UsageError, match="Write a list of some of delay, drop, duplicate, raise"):
        Faults(ports={"json:dumps": kinds})


def test_an_exception_that_cannot_be_found_is_no_failure_of_the_program():
    faults = Faults(ports={"json:dumps": ["raise"]}, errors=["nowhere:Error"])
    with pytest.raises(UsageError, match="'nowhere:Error' cannot be found"):
        explore(dumps, schedules=5, faults=faults)


def test_a_port_that_is_never_called_is_noted():
    found = explore(naps, schedules=2, faults=Faults(ports={"json:dumps": ["raise"]}))
    assert found.ok
    assert found.notes == ("port json:dumps is not called in asyncio's own order: no fault there",)


def test_one_name_is_as_good_as_a_list_of_one():
    found = explore(naps, schedules=3, strategies="any-next", detect="deadlock")
    assert found.power.strategies == {"fifo": 1, "any-next": 2}


@pytest.mark.parametrize("schedules", [1, 50, 51, 120])
def test_as_many_schedules_are_executed_as_were_asked_for(schedules):
    assert explore(naps, schedules=schedules).power.schedules == schedules


def test_every_step_of_every_task_is_cancelled_however_many_there_are():
    async def many():
        await asyncio.gather(*(naps() for _ in range(20)))

    # Before the first step, and before the second one twice: while it waits, and about to run.
    assert cancel_everywhere(many).power.strategies == {"fifo": 1, "cancel-everywhere": 60}


def test_what_pytest_raises_is_a_failure_like_any_other():
    async def raises_nothing():
        with pytest.raises(ValueError, match="never"):
            await naps()

    (failure,) = explore(raises_nothing, schedules=2).failures
    assert failure.problem.summary == "Failed: DID NOT RAISE ValueError"


def test_a_program_that_ends_the_interpreter_fails_with_its_own_code():
    async def leaves():
        raise SystemExit(3)

    (failure,) = explore(leaves, schedules=2).failures
    assert failure.problem.summary == "SystemExit: 3"


def test_a_program_that_never_ends_in_asyncios_own_order_is_run_in_no_other():
    async def polls():
        while True:  # noqa: ASYNC110 - it never ends
            await asyncio.sleep(0)

    found = explore(polls, limits=Limits(passes=2_000))
    assert found.power.schedules == 1
    (failure,) = found.failures
    assert failure.problem.detector is Detector.LIVELOCK
    assert failure.stable


def test_a_generator_that_nobody_finishes_is_not_left_over():
    async def stops_early():
        async for _ in numbers():
            break

    assert explore(stops_early, schedules=2, detect="task-left-over").ok


def test_an_execution_says_what_became_of_it():
    async def fails():
        raise ValueError("no")

    text = str(replay(fails, Schedule()))
    assert text.startswith("raised ValueError: no [digest ")
    assert "error: ValueError: no" in text


def test_a_failure_in_a_group_is_told_by_what_the_group_holds():
    async def fails():
        raise KeyError("k")

    async def grouped():
        async with asyncio.TaskGroup() as group:
            group.create_task(fails())

    (failure,) = explore(grouped, schedules=2).failures
    assert failure.problem.summary.endswith("(1 sub-exception): KeyError: 'k'")
    assert failure.problem.place == "fails"


def test_what_does_not_show_again_says_why_that_may_be():
    left = []

    async def remembers():
        left.append(1)
        assert len(left) < 3

    (failure,) = explore(remembers, schedules=5).failures
    assert not failure.stable
    assert "what earlier schedules left in a module or a fixture" in str(failure.in_words())


def test_a_patched_function_calls_the_real_one_after_a_program_was_prepared():
    explore(naps, schedules=1)
    assert uuid.uuid1().version == 1


def test_coroutines_handed_to_as_completed_start_in_their_order():
    async def completes():
        naps = [asyncio.sleep(0, number) for number in range(20)]
        return [await one for one in asyncio.as_completed(naps)]

    outcomes = {replay(completes, Schedule()).outcome for _ in range(5)}
    assert outcomes == {f"returned {list(range(20))}"}


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(order=Order(strategy="wlak", seed=1)),
        Schedule(latency=Latency(distribution="wdie", seed=1)),
    ],
    ids=["a strategy", "a distribution"],
)
def test_a_schedule_that_names_what_there_is_not_is_refused(schedule):
    with pytest.raises(UsageError, match="schedule: there is no"):
        replay(naps, schedule)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({"schedules": 0}, "schedules=0: a number is needed"),
        ({"schedules": "5"}, "schedules='5': a number is needed"),
        ({"faults": {"cancel": True}}, r"Write Faults\(\.\.\.\)"),
        ({"limits": {"passes": 5}}, r"Write Limits\(\.\.\.\)"),
        ({"model": "strct"}, "Write strict or reordering"),
        ({"strategies": ["wlak"]}, "there is none called 'wlak'"),
        ({"detect": ["deadlocks"]}, "there is no detector 'deadlocks'"),
    ],
)
def test_an_argument_that_cannot_be_used_says_what_can(argument, message):
    with pytest.raises(UsageError, match=message):
        explore(naps, **argument)


def test_a_step_that_never_ends_is_broken_off():
    async def program():
        async def spin():
            while True:
                pass

        await asyncio.gather(spin())

    exploration = explore(program, schedules=50, limits=Limits(real_s=0.5))
    (failure,) = exploration.failures
    assert failure.problem.detector is Detector.LIVELOCK
    assert "still running after 0.5 s" in failure.problem.summary
    assert exploration.power.schedules == 1


def test_a_program_that_stops_its_loop_fails():
    async def program():
        asyncio.get_running_loop().stop()
        await asyncio.sleep(1)

    (failure,) = explore(program, schedules=2).failures
    assert failure.problem.summary == "the program stops its own event loop"
