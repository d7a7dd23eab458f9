"""Who waits for whom when sleeps are late: the rules that keep late work out of time-outs."""

import asyncio
import math

import pytest

from production_testers.simulation import Delay, Schedule, execute
from production_testers.simulation.portfolio import STRICT, planned
from production_testers.simulation.schedule import Latency
from production_testers.simulation.timers import MARGIN

LATENCIES = [
    Latency(distribution="any-next", seed=1),
    Latency(distribution="ranked", seed=1, options={"depth": 2, "sleeps": 8}),
    Latency(distribution="wide", seed=1, options={"factor": 10.0, "call_s": 0.1}),
    Latency(distribution="uneven", seed=1, options={"factor": 30.0, "change": 0.1, "call_s": 0.1}),
    Latency(distribution="few", seed=1, options={"share": 0.5, "low_s": 0.001, "high_s": 1.0}),
]


def schedules(count, **more):
    for latency in LATENCIES:
        for seed in range(count):
            again = Latency(distribution=latency.distribution, seed=seed, options=latency.options)
            yield Schedule(latency=again, **more)


def late(seconds, task="main", nth=1, **more):
    return Schedule(delays=(Delay(task=task, nth=nth, seconds=seconds),), **more)


def run(program, schedule=Schedule()):  # noqa: B008 - it is frozen
    execution = execute(program, schedule)
    assert execution.problems == (), execution
    return execution


def result(program, schedule=Schedule()):  # noqa: B008 - it is frozen
    return run(program, schedule)._ending[2]


def now():
    return asyncio.get_running_loop().time()


# Stated delays


@pytest.mark.parametrize("seconds", [0.000001, 0.0005, 0.02, 1.5, 1000.0])
def test_a_stated_delay_is_taken_exactly(seconds):
    async def program():
        started = now()
        await asyncio.sleep(0.25)
        return now() - started

    assert result(program, late(seconds)) == pytest.approx(0.25 + seconds, abs=3e-6)


def test_only_the_sleep_that_is_named_is_late():
    async def program():
        async def sleeper():
            ended = []
            for _ in range(3):
                before = now()
                await asyncio.sleep(0.1)
                ended.append(round(now() - before, 3))
            return ended

        return await asyncio.gather(sleeper(), sleeper())

    schedule = late(0.5, "main/sleeper[1]", 2)
    assert result(program, schedule) == [[0.1, 0.1, 0.1], [0.1, 0.6, 0.1]]


def test_a_pause_of_zero_is_no_sleep():
    async def program():
        await asyncio.sleep(0)
        await asyncio.sleep(-1)
        started = now()
        await asyncio.sleep(0.1)
        return round(now() - started, 3)

    assert result(program, late(0.5, nth=1)) == 0.6


# Timers other than sleeps


async def called_later():
    loop = asyncio.get_running_loop()
    fired = []
    for delay in (0.03, 0.01, 0.05, 0.02, 0.01):
        loop.call_later(delay, fired.append, delay)

    async def sleeper(seconds):
        for _ in range(3):
            await asyncio.sleep(seconds)

    await asyncio.gather(*(sleeper(n * 0.007) for n in range(1, 5)), asyncio.sleep(0.06))
    await asyncio.sleep(0.2)
    return fired


@pytest.mark.parametrize("impatient", [False, True])
def test_timers_keep_the_order_in_which_they_were_set_for(impatient):
    for schedule in schedules(15, impatient=impatient):
        assert result(called_later, schedule) == [0.01, 0.01, 0.02, 0.03, 0.05]


def test_a_timer_fires_when_it_is_due_where_no_sleep_is_before_it():
    async def program():
        fired = []
        asyncio.get_running_loop().call_later(0.01, lambda: fired.append(round(now(), 3)))
        await asyncio.sleep(0.02)
        return fired

    execution = run(program, late(0.5))
    assert execution._ending[2] == [0.01]
    assert execution.deferred == ()


def order_of_ends(timer_s, before_s, after_s):
    """A late sleep, a timer, and a sleep that would have ended after it; who comes when."""

    async def program():
        ended = []

        async def sleeper(name, seconds):
            await asyncio.sleep(seconds)
            ended.append((name, round(now(), 3)))

        asyncio.get_running_loop().call_later(timer_s, lambda: ended.append(("timer", now())))
        await asyncio.gather(sleeper("before", before_s), sleeper("after", after_s))
        return ended

    return program


def test_a_timer_waits_for_a_sleep_that_would_have_ended_well_before_it():
    program = order_of_ends(0.03, 0.019, 0.5)
    execution = run(program, late(0.1, "main/sleeper[0]"))
    assert [name for name, _ in execution._ending[2]] == ["before", "timer", "after"]
    (deferred,) = execution.deferred
    assert (deferred.task, deferred.nth) == ("main", 1)
    assert deferred.seconds == pytest.approx(0.119 - 0.03, abs=1e-4)


def test_a_timer_does_not_wait_for_a_sleep_that_would_have_ended_just_before_it():
    program = order_of_ends(0.03, 0.021, 0.5)
    names = [name for name, _ in result(program, late(0.1, "main/sleeper[0]"))]
    assert names == ["timer", "before", "after"]
    assert 0.03 / 0.021 < MARGIN < 0.03 / 0.019


def test_a_sleep_that_would_have_ended_after_a_timer_waits_for_it():
    program = order_of_ends(0.03, 0.01, 0.04)
    ended = result(program, late(0.1, "main/sleeper[0]"))
    assert [name for name, _ in ended] == ["before", "timer", "after"]
    assert ended[2][1] == pytest.approx(0.11, abs=0.001)  # late though nobody delayed it


def test_impatient_timers_fire_when_they_are_due():
    program = order_of_ends(0.03, 0.019, 0.04)
    schedule = late(0.1, "main/sleeper[0]", impatient=True)
    assert [name for name, _ in result(program, schedule)] == ["timer", "after", "before"]


# Time-outs


def times_out(work_s, timeout_s, *, pieces=1):
    """Work in pieces under a time-out; whether it was met."""

    async def program():
        async def work():
            for _ in range(pieces):
                await asyncio.sleep(work_s / pieces)

        try:
            async with asyncio.timeout(timeout_s):
                await asyncio.create_task(work())
        except TimeoutError:
            return True
        return False

    return program


@pytest.mark.parametrize("pieces", [1, 4])
@pytest.mark.parametrize("seconds", [0.02, 0.5, 60.0])
def test_late_work_does_not_run_into_a_time_out_that_it_would_have_met(seconds, pieces):
    program = times_out(0.02, 0.031, pieces=pieces)
    for nth in range(1, pieces + 1):
        assert result(program, late(seconds, "main/work[0]", nth)) is False


def test_late_work_runs_into_a_time_out_that_it_would_have_met_narrowly():
    assert result(times_out(0.02, 0.029)) is False
    assert result(times_out(0.02, 0.029), late(0.5, "main/work[0]")) is True


def test_impatient_time_outs_end_late_work():
    program = times_out(0.02, 0.031, pieces=2)
    assert result(program, late(0.5, "main/work[0]", 2, impatient=True)) is True
    assert result(program, late(0.005, "main/work[0]", 2, impatient=True)) is False


def test_work_that_takes_too_long_by_itself_runs_into_its_time_out_under_every_latency():
    program = times_out(0.05, 0.02, pieces=3)
    for schedule in schedules(10):
        assert result(program, schedule) is True


def test_no_latency_makes_generous_time_outs_fire():
    async def program():
        met = []

        async def request(number):
            await asyncio.sleep(0.003 * number)
            async with asyncio.timeout(0.1):
                await asyncio.sleep(0.01)
                await asyncio.to_thread(len, "abc")
                await asyncio.wait_for(asyncio.sleep(0.005), 0.02)
            met.append(number)

        await asyncio.gather(*map(request, range(4)))
        return sorted(met)

    for schedule in schedules(15):
        assert result(program, schedule) == [0, 1, 2, 3]


def test_who_is_late_is_late_with_all_that_follows():
    """A task that is late sets its time-outs later; others wait for it all the same."""

    async def program():
        event = asyncio.Event()

        async def producer():
            await asyncio.sleep(0.01)
            await asyncio.sleep(0.01)
            event.set()

        async def consumer():
            await asyncio.sleep(0.002)
            async with asyncio.timeout(0.04):
                await event.wait()
            return True

        return await asyncio.gather(producer(), consumer())

    for nth in (1, 2):
        assert result(program, late(5.0, "main/producer[0]", nth)) == [None, True]
    with pytest.raises(AssertionError, match="TimeoutError"):
        result(program, late(5.0, "main/producer[0]", impatient=True))


def test_a_time_out_that_is_cancelled_holds_nobody_up():
    async def program():
        async with asyncio.timeout(0.02):
            await asyncio.sleep(0.001)
        started = now()
        await asyncio.sleep(0.05)
        return round(now() - started, 3)

    assert result(program, late(0.5, nth=1)) == 0.05


def test_polling_for_a_deadline_ends_under_every_latency():
    async def program():
        deadline = now() + 0.05
        polls = 0
        while now() < deadline:
            polls += 1
            await asyncio.sleep(0.01)
        return polls <= 5

    for schedule in schedules(10):
        assert result(program, schedule)


# Deadlocks and ends


def test_a_time_out_of_never_holds_nobody_up():
    async def program():
        async with asyncio.timeout(math.inf):
            await asyncio.sleep(0.01)
        async with asyncio.timeout(None):
            await asyncio.sleep(0.01)

    for schedule in [late(0.5), *schedules(3)]:
        run(program, schedule)


def test_waiting_for_ever_is_a_deadlock_under_every_latency():
    async def program():
        await asyncio.sleep(0.01)
        await asyncio.gather(asyncio.sleep(math.inf), asyncio.Event().wait())

    for schedule in [Schedule(), late(0.5), *schedules(3)]:
        (problem,) = execute(program, schedule).problems
        assert problem.detector == "deadlock"


@pytest.mark.parametrize("strategy", STRICT)
def test_time_never_goes_backwards(strategy):
    async def program():
        async def sleeper(number):
            for nth in range(3):
                await asyncio.sleep(0.001 * (number + nth))
                async with asyncio.timeout(1):
                    await asyncio.sleep(0.0005)

        await asyncio.gather(*map(sleeper, range(5)))

    profile = execute(program, Schedule(), count_work=True).profile
    for index in range(1, 21):
        entry = planned(3, index, profile, [strategy])
        moments = [moment for moment, _ in run(program, entry.schedule).history]
        assert moments == sorted(moments)
