"""What is wrong with an execution: programs that each detector sees, and some that it lets be."""

import asyncio
import datetime
import math
import time
from contextlib import suppress

import pytest

from production_testers.simulation import (
    DETECTORS,
    Detector,
    Fault,
    FaultKind,
    Limits,
    Schedule,
    execute,
    explore,
    replay,
)


async def forever():
    await asyncio.Event().wait()


def seen(program, schedule=Schedule(), **options):  # noqa: B008 - it is frozen
    """All that any detector sees."""
    execution = execute(program, schedule, detect=Detector, **options)
    assert execution.notes == ()
    return execution.problems


def only(program, **options):
    (problem,) = seen(program, **options)
    return problem


def place_in(function, name):
    """How a problem names a local function of a test."""
    return f"{function.__name__}.<locals>.{name}"


# Errors


def test_an_error_of_the_program_is_named_with_its_place():
    def deep():
        raise LookupError("no such thing")

    async def program():
        await asyncio.sleep(0)
        deep()

    problem = only(program)
    assert problem.detector is Detector.ERROR
    assert (problem.summary, problem.place) == ("LookupError: no such thing", "deep")
    assert [line.rpartition(" in ")[2] for line in problem.detail] == ["program", "deep"]
    assert problem.identity == ("error", "LookupError", "deep")


def test_an_error_that_is_handled_is_none():
    async def program():
        task = asyncio.create_task(asyncio.sleep(0))
        with pytest.raises(ZeroDivisionError):
            1 / 0  # noqa: B018 - what is tested
        await task

    assert seen(program) == ()


def test_being_cancelled_without_a_fault_is_an_error():
    async def program():
        asyncio.current_task().cancel()
        await asyncio.sleep(1)

    assert only(program).summary == "CancelledError"


def test_an_address_in_an_error_is_left_out():
    async def program():
        raise ValueError(object())

    assert only(program).summary == "ValueError: <object object at 0x…>"


# Deadlocks


def test_a_deadlock_says_where_every_stuck_task_waits():
    async def program():
        first, second = asyncio.Lock(), asyncio.Lock()

        async def cross(mine, other):
            async with mine:
                await asyncio.sleep(0.01)
                async with other:
                    pass

        async with asyncio.TaskGroup() as group:
            group.create_task(cross(first, second), name="left")
            group.create_task(cross(second, first), name="right")

    problem = only(program)
    here = test_a_deadlock_says_where_every_stuck_task_waits
    cross, main = (place_in(here, name) for name in ("program.<locals>.cross", "program"))
    assert problem.detector is Detector.DEADLOCK
    assert problem.summary == "nothing can happen any more: 3 tasks wait for ever"
    assert [line.rpartition(":")[0] for line in problem.detail] == [
        f"task main in {main}",
        f"task main/left[0] in {cross}",
        f"task main/right[0] in {cross}",
    ]
    assert all(line.rpartition(":")[2].isdigit() for line in problem.detail)
    assert problem.place == f"{main}, {cross}"


def test_names_of_tasks_do_not_change_where_a_deadlock_is():
    def program_with(name):
        async def program():
            await asyncio.create_task(forever(), name=name)

        return program

    assert only(program_with("a")).identity == only(program_with("put in: box")).identity


def test_waiting_for_a_timer_is_no_deadlock():
    async def program():
        event = asyncio.Event()
        asyncio.get_running_loop().call_later(80_000, event.set)
        await event.wait()

    assert seen(program) == ()


def test_a_left_over_task_that_waits_for_ever_is_no_deadlock():
    async def program():
        kept.append(asyncio.create_task(forever()))

    kept = []
    assert only(program).detector is Detector.TASK_LEFT_OVER


# Livelocks and limits


def test_polling_for_ever_is_a_livelock():
    async def program():
        while True:  # noqa: ASYNC110 - what is tested
            await asyncio.sleep(0)

    problem = only(program, limits=Limits(passes=500))
    assert problem.detector is Detector.LIVELOCK
    assert problem.summary.startswith("does not end: stopped at ")
    assert problem.summary.endswith("pass 501")
    assert [line.partition(" in ")[0] for line in problem.detail] == ["task main"]
    assert problem.identity == only(program, limits=Limits(passes=700)).identity


def test_sleeping_past_the_limit_of_virtual_time_is_a_livelock():
    async def program():
        for _ in range(10):
            await asyncio.sleep(1)

    assert only(program, limits=Limits(virtual_s=9.5)).detector is Detector.LIVELOCK
    assert seen(program, limits=Limits(virtual_s=10.5)) == ()


def test_many_passes_are_no_livelock():
    async def program():
        for _ in range(400):
            await asyncio.sleep(0)

    assert seen(program, limits=Limits(passes=500)) == ()


def test_what_is_known_of_a_program_bounds_its_passes():
    limits = Limits()
    assert limits.known(10).passes == 50_000
    assert limits.known(2_000).passes == 100_000
    assert Limits(passes=3).known(2_000).passes == 3


# Exceptions that nobody sees


async def fails(text="lost"):
    raise ValueError(text)


def test_an_exception_that_nobody_retrieves_is_lost():
    async def program():
        await asyncio.wait([asyncio.create_task(fails(), name="background")])

    problem = only(program)
    assert problem.detector is Detector.EXCEPTION_LOST
    assert "background" in problem.summary
    assert problem.summary.endswith("ValueError: lost")
    assert problem.place == "ValueError"


def test_an_exception_that_somebody_retrieves_is_not_lost():
    async def program():
        tasks = [asyncio.create_task(fails()) for _ in range(3)]
        await asyncio.wait(tasks)
        found = [tasks[0].exception()]
        found += await asyncio.gather(*tasks[1:], return_exceptions=True)
        return len(found)

    assert seen(program) == ()


def test_tasks_of_one_name_lose_their_exceptions_alike():
    async def program():
        await asyncio.wait([asyncio.create_task(fails()) for _ in range(3)])

    problems = seen(program)
    assert len(problems) == 3
    assert len({problem.identity for problem in problems}) == 1


def test_an_exception_of_a_callback_is_lost():
    async def program():
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)
        await asyncio.sleep(0)

    problem = only(program)
    assert problem.detector is Detector.EXCEPTION_LOST
    assert problem.summary.endswith("ZeroDivisionError: division by zero")


# Coroutines that nobody awaits


async def work():
    await asyncio.sleep(0)


def test_a_coroutine_that_is_thrown_away_is_never_awaited():
    async def program():
        work()
        await asyncio.sleep(0)

    problem = only(program)
    assert problem.detector is Detector.NEVER_AWAITED
    assert problem.summary.startswith("coroutine was never awaited: work:")
    assert problem.place == "work"


def test_a_coroutine_that_is_closed_or_awaited_is_fine():
    async def program():
        work().close()
        await work()
        await asyncio.create_task(work())

    assert seen(program) == ()


def test_a_coroutine_that_is_cancelled_before_its_first_step_is_fine():
    async def program():
        task = asyncio.create_task(work())
        task.cancel()
        await asyncio.wait([task])

    assert seen(program) == ()


# Callbacks on a closed loop


class Handle:
    """Reports when it is thrown away."""

    def __init__(self, loop):
        self.loop = loop

    def __del__(self):
        with suppress(RuntimeError):
            self.loop.call_soon(print)

    def __call__(self):
        """Nothing."""


def test_a_callback_on_the_closed_loop_is_named_with_its_place():
    async def program():
        loop = asyncio.get_running_loop()
        handle = Handle(loop)
        asyncio.current_task().add_done_callback(lambda _: loop.call_soon(handle))

    problem = next(p for p in seen(program) if p.detector is Detector.CALLBACK_AFTER_CLOSE)
    assert problem.summary.startswith("callback scheduled on the closed loop: ")
    assert __name__.rpartition(".")[2] in problem.place


def test_a_callback_on_a_loop_that_is_open_is_fine():
    async def program():
        handle = Handle(asyncio.get_running_loop())
        asyncio.get_running_loop().call_soon(handle)
        del handle
        await asyncio.sleep(0.01)

    assert seen(program) == ()


# Tasks that are left over


def test_a_task_that_is_left_over_is_noted_by_default():
    async def program():
        kept.append(asyncio.create_task(forever(), name="poller"))
        await asyncio.sleep(0)

    kept = []
    execution = execute(program, Schedule())
    assert execution.problems == ()
    (note,) = execution.notes
    assert note.detector is Detector.TASK_LEFT_OVER
    assert note.summary.startswith(
        "left over when the program returned: task main/poller[0] in forever:"
    )
    assert note.place == "forever"
    assert Detector.TASK_LEFT_OVER not in DETECTORS


def test_a_task_that_is_left_over_is_a_failure_when_asked_for():
    async def program():
        kept.append(asyncio.create_task(forever()))

    kept = []
    asked = [Detector.TASK_LEFT_OVER]
    assert [p.detector for p in execute(program, Schedule(), detect=asked).problems] == asked
    (failure,) = explore(program, schedules=3, detect="task-left-over").failures
    assert failure.problem.place == "forever"
    assert failure.stable


def test_a_task_that_was_told_to_end_is_not_left_over():
    async def program():
        async def takes_its_time():
            try:
                await forever()
            finally:
                await asyncio.sleep(1)

        kept.append(asyncio.create_task(takes_its_time()))
        await asyncio.sleep(0)
        kept[0].cancel()
        await asyncio.sleep(0)
        assert not kept[0].done()

    kept = []

    assert seen(program) == ()


def test_a_task_that_has_ended_is_not_left_over():
    async def program():
        kept.append(asyncio.create_task(work()))
        await asyncio.sleep(0.1)

    kept = []
    assert seen(program) == ()


# Steps that do too much


def busy(calls):
    async def program():
        async def child():
            await asyncio.sleep(0)
            for _ in range(calls):
                math.sqrt(2)

        await asyncio.create_task(child())

    return program


def test_a_step_that_makes_too_many_calls_is_busy():
    limits = Limits(calls_per_step=1_000)
    (problem,) = execute(busy(1_100), Schedule(), detect=["busy-step"], limits=limits).problems
    assert problem.detector is Detector.BUSY_STEP
    assert problem.summary.startswith("too much work: step 2 of main/child[0] makes 1,1")
    assert execute(busy(900), Schedule(), detect=["busy-step"], limits=limits).problems == ()


def test_work_is_counted_in_calls_and_not_in_seconds():
    def counted():
        limits = Limits(calls_per_step=100)
        (problem,) = execute(busy(500), Schedule(), detect=["busy-step"], limits=limits).problems
        return problem

    assert counted() == counted()


def test_busy_steps_are_noted_in_asyncios_own_order():
    found = explore(busy(1_100), schedules=5, limits=Limits(calls_per_step=1_000))
    assert found.ok
    (note,) = found.notes
    assert note.startswith("too much work: step 2 of main/child[0]")


def test_a_busy_step_is_a_failure_when_asked_for_and_shows_again():
    limits = Limits(calls_per_step=1_000)
    (failure,) = explore(busy(1_100), schedules=3, limits=limits, detect="busy-step").failures
    assert failure.problem.detector is Detector.BUSY_STEP
    assert (failure.stable, failure.count) == (True, 3)


# Several at once


def test_what_happens_first_is_the_failure_and_the_rest_is_kept():
    async def program():
        work()
        await asyncio.wait([asyncio.create_task(fails())])
        kept.append(asyncio.create_task(forever()))
        await asyncio.sleep(0)
        raise KeyError("first")

    kept = []
    detectors = [problem.detector for problem in seen(program)]
    assert detectors[0] is Detector.ERROR
    assert set(detectors) >= {Detector.EXCEPTION_LOST, Detector.NEVER_AWAITED}


def test_detectors_that_are_not_asked_for_make_notes():
    async def program():
        await asyncio.wait([asyncio.create_task(fails())])

    execution = execute(program, Schedule(), detect=[Detector.ERROR])
    assert execution.problems == ()
    assert [note.detector for note in execution.notes] == [Detector.EXCEPTION_LOST]


# Clocks


def clock(seconds, at_s=0.0):
    return Schedule(faults=(Fault(kind=FaultKind.CLOCK, seconds=seconds, at_s=at_s),))


async def read_clocks():
    readings = []
    for _ in range(3):
        readings.append(
            (
                time.time(),
                datetime.datetime.now(datetime.UTC).timestamp(),
                time.time_ns() / 1e9,
                time.monotonic(),
                time.perf_counter(),
                asyncio.get_running_loop().time(),
            )
        )
        await asyncio.sleep(1)
    return readings


def differences(schedule):
    plain, wrong = (replay(read_clocks, s)._ending[2] for s in (Schedule(), schedule))
    return [
        [round(b - a, 3) for a, b in zip(before, after, strict=True)]
        for before, after in zip(plain, wrong, strict=True)
    ]


def test_a_skew_is_seen_by_wall_clocks_and_by_no_monotonic_one():
    assert differences(clock(3600)) == [[3600.0] * 3 + [0.0] * 3] * 3
    assert differences(clock(-2.5)) == [[-2.5] * 3 + [0.0] * 3] * 3


def test_a_jump_is_seen_from_its_moment_on():
    assert differences(clock(60, at_s=1.5)) == [[0.0] * 6, [0.0] * 6, [60.0] * 3 + [0.0] * 3]


def test_clock_faults_add_up():
    both = Schedule(faults=clock(1).faults + clock(10, at_s=0.5).faults)
    assert [row[0] for row in differences(both)] == [1.0, 11.0, 11.0]


# What ends a program


def test_a_keyboard_interrupt_of_the_program_is_the_users():
    async def program():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay(program, Schedule())
    for isolate in (True, False):
        with pytest.raises(KeyboardInterrupt):
            explore(program, schedules=2, isolate=isolate)
    assert replay(work, Schedule()).problems == ()


def test_a_keyboard_interrupt_of_a_task_is_the_users_and_cleans_up():
    ended = []

    async def interrupts():
        await asyncio.sleep(0.01)
        raise KeyboardInterrupt

    async def program():
        try:
            await asyncio.gather(interrupts(), forever())
        finally:
            ended.append(True)

    with pytest.raises(KeyboardInterrupt):
        replay(program, Schedule())
    assert ended == [True]
    assert replay(work, Schedule()).problems == ()


def test_a_simulation_inside_an_event_loop_is_refused():
    async def stock():
        for call in (
            lambda: explore(work, schedules=2),
            lambda: explore(work, schedules=2, isolate=False),
            lambda: replay(work, Schedule()),
        ):
            with pytest.raises(Exception, match="event loop") as caught:
                call()
            assert type(caught.value).__name__ == "UsageError"
        with pytest.raises(RuntimeError, match="inside an event loop"):
            execute(work, Schedule())
        await asyncio.sleep(0)

    asyncio.run(stock())
    assert replay(work, Schedule()).problems == ()
