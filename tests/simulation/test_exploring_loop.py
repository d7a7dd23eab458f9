"""The loop that follows a schedule: whose turn it is, what may overtake, what is written down."""

import asyncio
import contextvars
import time
from dataclasses import replace

import pytest

from production_testers.simulation import (
    Delay,
    Fault,
    FaultKind,
    Hold,
    Schedule,
    SimulatedLoop,
    execute,
    simulate,
)
from production_testers.simulation.exploring_loop import OVERTAKEN_MAX
from production_testers.simulation.schedule import Latency, Order
from simulation.test_feasible import Program

ORDERS = {
    "walk": {},
    "pct": {"depth": 3, "steps": 20},
    "pos": {},
    "urw": {},
}


def orders(count):
    """Schedules of every strategy that chooses among ready tasks."""
    for seed in range(count):
        for strategy, options in ORDERS.items():
            yield Schedule(order=Order(strategy=strategy, seed=seed, options=options))


def result(program, schedule=Schedule(), **options):  # noqa: B008 - it is frozen
    """What the program returns; nothing may be wrong with it."""
    execution = execute(program, schedule, **options)
    assert execution.problems == (), execution
    return execution._ending[2]


# Asyncio's own order


@pytest.mark.parametrize("start", range(0, 60, 10))
def test_without_a_strategy_the_order_is_that_of_the_simulated_loop(start):
    for number in range(start, start + 10):
        plain = SimulatedLoop()
        expected = simulate(lambda _loop, n=number: Program(n, sleeps=True).run(), plain, seed=0)
        execution = execute(Program(number, sleeps=True).run, Schedule())
        assert execution._ending[2] == expected.result


@pytest.mark.parametrize("start", range(0, 40, 10))
def test_writing_down_the_choices_of_asyncios_own_order_changes_nothing(start):
    for number in range(start, start + 10):
        plain = execute(Program(number, sleeps=True).run, Schedule())
        written = execute(Program(number, sleeps=True).run, Schedule(), count_work=True)
        assert written.digest == plain.digest
        assert plain.widths == []
        assert len(written.widths) == len(written.positions) > 0
        assert set(written.positions) == {0}


def test_latencies_keep_first_in_first_out_among_what_is_ready():
    async def program():
        order = []

        async def worker(number):
            await asyncio.sleep(0.01)
            for turn in range(3):
                order.append((turn, number))
                await asyncio.sleep(0)

        await asyncio.gather(*map(worker, range(5)))
        return order

    same = tuple(Delay(task=f"main/worker[{n}]", nth=1, seconds=0.5) for n in range(5))
    expected = [(turn, number) for turn in range(3) for number in range(5)]
    assert result(program) == result(program, Schedule(delays=same)) == expected


# What may overtake what


async def done_callbacks_before_whoever_awaits():
    """What `add_done_callback` promises: called before a task that awaited it later goes on."""
    seen = []

    async def work(name):
        await asyncio.sleep(0)
        return name

    async def wait_for(name):
        task = asyncio.create_task(work(name))
        task.add_done_callback(lambda _: seen.append(name))
        await task
        assert name in seen

    await asyncio.gather(*(wait_for(name) for name in "abc"))
    return len(seen)


def test_a_done_callback_that_was_added_first_comes_before_the_one_who_awaits():
    latency = Latency(distribution="any-next", seed=1)
    for schedule in [*orders(25), *(replace(s, latency=latency) for s in orders(5))]:
        assert result(done_callbacks_before_whoever_awaits, schedule) == 3
    for step in range(1, 4):
        for task in ("wait_for[0]", "wait_for[1]", "wait_for[0]/work[0]"):
            hold = Hold(task=f"main/{task}", step=step)
            assert result(done_callbacks_before_whoever_awaits, Schedule(holds=(hold,))) == 3


async def steps_around_a_callback():
    log = []
    loop = asyncio.get_running_loop()
    last = loop.create_future()

    async def step(name):
        log.append(name)
        if len(log) == 5:
            last.set_result(None)

    def callback():
        log.append("callback")
        if len(log) == 5:
            last.set_result(None)

    tasks = [loop.create_task(step(name)) for name in ("before 1", "before 2")]
    loop.call_soon(callback)
    tasks += [loop.create_task(step(name)) for name in ("after 1", "after 2")]
    await asyncio.gather(last, *tasks)
    return tuple(log)


def test_no_step_overtakes_a_callback_that_was_ready_before_it():
    logs = {result(steps_around_a_callback, schedule) for schedule in orders(30)}
    for log in logs:
        assert log.index("callback") < min(log.index("after 1"), log.index("after 2"))
    assert {log[-1] for log in logs} == {"before 1", "before 2", "after 1", "after 2"}
    assert {log.index("callback") for log in logs} == {0, 1, 2}


def test_callbacks_keep_their_own_order():
    async def program():
        log = []
        loop = asyncio.get_running_loop()
        done = loop.create_future()

        async def other():
            await asyncio.sleep(0)

        tasks = []
        for number in range(4):
            tasks.append(loop.create_task(other()))
            loop.call_soon(log.append, number)
        loop.call_soon(done.set_result, None)
        await done
        await asyncio.gather(*tasks)
        return log

    assert {tuple(result(program, schedule)) for schedule in orders(20)} == {(0, 1, 2, 3)}


def test_what_a_cancelled_callback_would_have_held_back_may_be_chosen():
    async def program():
        loop = asyncio.get_running_loop()
        log = []
        done = loop.create_future()

        async def step(name):
            log.append(name)
            if len(log) == 2:
                done.set_result(None)

        first = loop.create_task(step("first"))
        loop.call_soon(log.append, "never").cancel()
        second = loop.create_task(step("second"))
        await asyncio.gather(done, first, second)
        return tuple(log)

    logs = {result(program, schedule) for schedule in orders(10)}
    assert logs == {("first", "second"), ("second", "first")}
    for schedule in orders(5):
        again = execute(program, execute(program, schedule).stated)
        assert again.digest == execute(program, schedule).digest


def test_a_step_that_is_ready_goes_next_when_a_thousand_others_have_overtaken_it():
    async def program():
        flag = []

        async def set_it():
            flag.append(True)

        task = asyncio.create_task(set_it())
        polls = 0
        while not flag:
            polls += 1
            await asyncio.sleep(0)
        await task
        return polls

    held = Schedule(holds=(Hold(task="main/set_it[0]", step=1),))
    execution = execute(program, held)
    assert execution._ending[2] == OVERTAKEN_MAX + 1
    assert execution.passed[0] == (("main/set_it[0]", 1), OVERTAKEN_MAX)
    assert execute(program, execution.stated).digest == execution.digest


# What is written down


async def three_workers():
    log = []

    async def worker(name):
        for turn in range(3):
            log.append((name, turn))
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for name in "abc":
            group.create_task(worker(name), name=name)
    return tuple(log)


def test_what_a_strategy_chose_is_written_down_by_task_and_step():
    execution = execute(three_workers, Schedule(order=Order(strategy="walk", seed=3)))
    assert len(execution.widths) == len(execution.positions) == len(execution.stated.picks)
    assert all(0 <= p < w for p, w in zip(execution.positions, execution.widths, strict=True))
    assert min(execution.widths) >= 2
    tasks = {task for task, _ in execution.stated.picks}
    assert {"main/a[0]", "main/b[0]", "main/c[0]"} <= tasks
    steps = [step for task, step in execution.stated.picks if task == "main/a[0]"]
    assert steps == sorted(set(steps))


@pytest.mark.parametrize("strategy", ORDERS)
def test_what_is_written_down_gives_the_same_history(strategy):
    for seed in range(20):
        order = Order(strategy=strategy, seed=seed, options=ORDERS[strategy])
        execution = execute(three_workers, Schedule(order=order))
        again = execute(three_workers, execution.stated)
        assert execution.stated.order is None
        assert (again.digest, again.out_of_step) == (execution.digest, 0)
        assert again.history == execution.history


def test_what_does_not_fit_is_counted_and_asyncios_own_order_goes_on():
    picks = (("main/a[0]", 1), ("main/nobody[0]", 1), ("main/c[0]", 1))
    execution = execute(three_workers, Schedule(picks=picks))
    assert execution.problems == ()
    assert execution.out_of_step >= 1
    assert execute(three_workers, Schedule()).out_of_step == 0


def test_digests_tell_orders_and_moments_apart():
    plain = execute(three_workers, Schedule())
    walked = execute(three_workers, Schedule(order=Order(strategy="walk", seed=3)))
    assert plain.interleaving != walked.interleaving
    assert plain.digest != walked.digest

    async def sleeper():
        await asyncio.sleep(0.01)

    late = Schedule(delays=(Delay(task="main", nth=1, seconds=0.5),))
    assert execute(sleeper, late).interleaving == execute(sleeper, Schedule()).interleaving
    assert execute(sleeper, late).digest != execute(sleeper, Schedule()).digest


def test_the_history_says_who_took_a_step_and_when():
    async def program():
        async def child():
            await asyncio.sleep(0.25)

        await asyncio.create_task(child())

    execution = execute(program, Schedule())
    assert [task for _, task in execution.history] == [
        "main",
        "main/child[0]",
        "",  # the timer
        "main/child[0]",
        "main",
        "",  # main is done
    ]
    moments = [moment for moment, _ in execution.history]
    assert moments == sorted(moments)
    assert moments[2] == pytest.approx(0.25, abs=1e-5)


def test_a_profile_says_what_there_is_to_choose_from():
    async def program():
        async def child(number):
            await asyncio.sleep(number * 0.01)
            await asyncio.to_thread(len, "abc")

        await asyncio.gather(child(1), child(2))

    profile = execute(program, Schedule(), count_work=True).profile
    assert set(profile.steps) == {
        "main",
        "main/child[0]",
        "main/child[0]/thread[0]",
        "main/child[1]",
        "main/child[1]/thread[0]",
    }
    assert next(iter(profile.steps)) == "main"
    assert (profile.steps["main"], profile.steps["main/child[0]"]) == (2, 3)
    assert (profile.sleeps, profile.threads, profile.total) == (2, 2, 10)
    assert profile.virtual_s == pytest.approx(0.02, abs=1e-4)
    assert profile.choices > 0


# Holds


def test_a_held_step_waits_until_nothing_else_can_run():
    held = Schedule(holds=(Hold(task="main/a[0]", step=2),))
    log = result(three_workers, held)
    assert log[:1] == (("a", 0),)
    assert log[-2:] == (("a", 1), ("a", 2))


@pytest.mark.parametrize("others", [1, 2, 4])
def test_a_held_step_waits_for_a_number_of_steps_of_others(others):
    log = result(three_workers, Schedule(holds=(Hold(task="main/a[0]", step=1, others=others),)))
    assert log.index(("a", 0)) == others


def test_holds_of_tasks_that_do_not_exist_change_nothing():
    held = Schedule(holds=(Hold(task="main/nobody[0]", step=1),))
    assert result(three_workers, held) == result(three_workers)


# Calls in threads


def test_a_call_in_a_thread_is_a_step_that_others_may_overtake():
    async def program():
        log = []

        async def other():
            log.append("other")
            await asyncio.sleep(0)
            log.append("other again")

        task = asyncio.create_task(other())
        await asyncio.to_thread(log.append, "thread")
        await task
        return tuple(log)

    logs = {result(program, schedule) for schedule in orders(30)}
    assert {log.index("thread") for log in logs} == {0, 1, 2}
    late = Schedule(delays=(Delay(task="main/thread[0]", nth=1, seconds=0.1),))
    assert result(program, late) == ("other", "other again", "thread")


def test_a_sleep_in_a_thread_delays_only_its_own_call():
    async def program():
        moments = {}

        def blocking(name, seconds):
            before = time.monotonic()
            time.sleep(seconds)
            moments[name] = (before, time.monotonic())
            return name

        async def watch():
            for _ in range(4):
                await asyncio.sleep(0.1)
            return time.monotonic()

        start = time.monotonic()
        loop = asyncio.get_running_loop()
        names = await asyncio.gather(
            asyncio.to_thread(blocking, "long", 1),
            loop.run_in_executor(None, blocking, "short", 0.25),
            watch(),
        )
        return names[:2], names[2] - start, moments, time.monotonic() - start

    names, watched, moments, total = result(program)
    assert names == ["long", "short"]
    assert watched == pytest.approx(0.4, abs=0.001)
    assert total == pytest.approx(1, abs=0.001)
    assert moments["long"] == (pytest.approx(0, abs=0.001), pytest.approx(1, abs=0.001))
    assert moments["short"] == (pytest.approx(0, abs=0.001), pytest.approx(0.25, abs=0.001))


def test_calls_in_threads_take_longer_under_latencies():
    async def program():
        start = time.monotonic()
        await asyncio.to_thread(len, "abc")
        await asyncio.to_thread(len, "abc")
        return time.monotonic() - start

    late = Schedule(delays=(Delay(task="main/thread[1]", nth=1, seconds=0.75),))
    assert result(program) == pytest.approx(0, abs=0.001)
    assert result(program, late) == pytest.approx(0.75, abs=0.001)


# Programs as they are


def test_context_variables_reach_tasks_callbacks_and_threads_under_every_order():
    variable = contextvars.ContextVar("variable", default="outside")

    async def program():
        seen = []

        async def handle(number):
            variable.set(number)
            await asyncio.sleep(0)
            asyncio.get_running_loop().call_soon(lambda: seen.append(variable.get() == number))
            inner = await asyncio.to_thread(variable.get)
            async with asyncio.timeout(1):
                await asyncio.sleep(0)
            seen.append(inner == variable.get() == number)
            return await asyncio.create_task(asyncio.sleep(0, variable.get())) == number

        assert all(await asyncio.gather(*map(handle, range(3))))
        await asyncio.sleep(0)
        return seen, variable.get()

    for schedule in orders(20):
        assert result(program, schedule) == ([True] * 6, "outside")


def test_an_async_generator_is_left_open_closed_or_thrown_away_alike():
    async def program():
        log = []

        async def numbers(name):
            try:
                for number in range(3):
                    await asyncio.sleep(0)
                    yield number
            finally:
                await asyncio.sleep(0)
                log.append(name)

        async def first(name):
            async for number in numbers(name):
                return number
            return None

        assert [number async for number in numbers("whole")] == [0, 1, 2]
        assert await asyncio.gather(first("one"), first("two")) == [0, 0]
        await asyncio.sleep(0.01)
        return sorted(log)

    for schedule in orders(10):
        assert result(program, schedule) == ["one", "two", "whole"]


def test_a_time_out_and_a_queue_work_under_every_order():
    async def program():
        queue = asyncio.Queue(maxsize=1)

        async def produce():
            for number in range(4):
                await queue.put(number)

        async def consume():
            return [await asyncio.wait_for(queue.get(), 1) for _ in range(4)]

        async with asyncio.TaskGroup() as group:
            group.create_task(produce())
            consumer = group.create_task(consume())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await queue.get()
        return consumer.result(), round(time.monotonic(), 3)

    for schedule in orders(20):
        assert result(program, schedule) == ([0, 1, 2, 3], 0.5)


# Cancellation


def cancellation(target, nth, *, waiting):
    fault = Fault(kind=FaultKind.CANCEL, target=target, nth=nth, waiting=waiting)
    return Schedule(faults=(fault,))


async def one_that_is_cancelled():
    """A child with three steps; what became of it, and when."""
    log = []
    ready = asyncio.Event()

    async def child():
        try:
            log.append("step 1")
            await ready.wait()
            log.append("step 2")
            await asyncio.sleep(0.1)
            log.append("step 3")
        except asyncio.CancelledError:
            log.append(f"cancelled at {time.monotonic():.2f}, ready: {ready.is_set()}")
            raise

    task = asyncio.create_task(child())
    await asyncio.sleep(0.2)
    ready.set()
    await asyncio.wait([task])
    return log, task.cancelled()


@pytest.mark.parametrize(
    ("nth", "waiting", "expected"),
    [
        (1, False, []),
        (2, True, ["step 1", "cancelled at 0.00, ready: False"]),
        (2, False, ["step 1", "cancelled at 0.20, ready: True"]),
        (3, True, ["step 1", "step 2", "cancelled at 0.20, ready: True"]),
        (3, False, ["step 1", "step 2", "cancelled at 0.30, ready: True"]),
    ],
)
def test_a_task_is_cancelled_before_its_nth_step(nth, waiting, expected):
    schedule = cancellation("main/child[0]", nth, waiting=waiting)
    execution = execute(one_that_is_cancelled, schedule)
    assert execution._ending[2] == (expected, True)
    assert execution.fired == 1
    assert execution.problems == ()


@pytest.mark.parametrize(
    ("target", "nth", "waiting"),
    [("main/child[0]", 4, False), ("main/child[1]", 1, False), ("main/child[0]", 9, True)],
)
def test_a_cancellation_at_a_point_that_does_not_come_does_not_happen(target, nth, waiting):
    schedule = cancellation(target, nth, waiting=waiting)
    execution = execute(one_that_is_cancelled, schedule)
    assert execution._ending[2] == (["step 1", "step 2", "step 3"], False)
    assert execution.fired == 0


def test_a_task_that_goes_on_after_its_cancellation_is_cancelled_once():
    async def program():
        caught = []

        async def stubborn():
            for number in range(3):
                try:
                    await asyncio.sleep(0.1)
                except asyncio.CancelledError:
                    caught.append(number)

        await asyncio.create_task(stubborn())
        return caught

    assert result(program, cancellation("main/stubborn[0]", 2, waiting=True)) == [0]
    assert result(program, cancellation("main/stubborn[0]", 3, waiting=False)) == [1]
