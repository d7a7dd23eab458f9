"""A simulation from its start to what it leaves behind."""

import asyncio
import contextvars
import gc
import time
import tracemalloc

import pytest

from production_testers.simulation import Ended, SimulatedLoop


async def forever():
    await asyncio.Event().wait()


def test_a_year_of_sleep_takes_no_time(run):
    before = time.perf_counter()
    session = run(lambda _loop: asyncio.sleep(365 * 86_400), limit_s=1e9)
    assert time.perf_counter() - before < 5
    assert session.virtual_s == pytest.approx(365 * 86_400, abs=0.001)
    assert session.ended is Ended.RETURNED


def test_timers_fire_in_order_of_time(run):
    async def main(loop):
        order = []
        for delay in (3, 1, 2):
            loop.call_later(delay, lambda delay=delay: order.append((delay, round(loop.time()))))
        await asyncio.sleep(4)
        return order

    assert run(main).result == [(1, 1), (2, 2), (3, 3)]


def test_a_cancelled_timer_does_not_fire(run):
    async def main(loop):
        fired = []
        loop.call_later(1, fired.append, 1).cancel()
        await asyncio.sleep(2)
        return fired

    assert run(main).result == []


def test_sleeping_for_ever_is_waiting_for_ever(run):
    session = run(lambda _loop: asyncio.sleep(float("inf")))
    assert session.ended is Ended.DEADLOCK


def test_a_deadlock_says_who_waits_where(run):
    async def main(_loop):
        first, second = asyncio.Lock(), asyncio.Lock()

        async def cross(mine, other):
            async with mine:
                await asyncio.sleep(1)
                await other.acquire()

        await asyncio.gather(cross(first, second), cross(second, first))

    told = []
    session = run(main, on_stuck=lambda ended, detail: told.append((ended, detail)))
    assert session.ended is Ended.DEADLOCK
    assert told == [(Ended.DEADLOCK, session.detail)]
    places = [text.rpartition(":")[0] for text in session.detail]
    cross = "test_a_deadlock_says_who_waits_where.<locals>.main.<locals>.cross"
    assert places[1:] == [f"task main/cross[0] in {cross}", f"task main/cross[1] in {cross}"]
    assert places[0].startswith("task main in ")
    assert session.pending == session.detail


def test_the_virtual_time_limit_stops_a_simulation(run):
    async def main(_loop):
        left = asyncio.create_task(asyncio.sleep(15))
        while True:
            await asyncio.sleep(3)
            assert not left.done()

    session = run(main, limit_s=10)
    assert (session.ended, session.virtual_s) == (Ended.LIMIT, 10)
    assert len(session.pending) == 2


@pytest.mark.parametrize("how", ["sleep", "call_soon"])
def test_a_livelock_is_stopped(run, how):
    async def main(loop):
        def again():
            loop.call_soon(again)

        if how == "call_soon":
            again()
            await forever()
        while True:  # noqa: ASYNC110 - what is tested
            await asyncio.sleep(0)

    session = run(main, pass_limit=1_000)
    assert session.ended is Ended.LIMIT
    assert "pass 1001" in session.detail[0]


def test_polling_with_sleep_0_makes_progress_against_a_timer(run):
    async def main(loop):
        done = asyncio.Event()
        loop.call_later(0.001, done.set)
        polls = 0
        while not done.is_set():
            polls += 1
            await asyncio.sleep(0)
        return polls

    assert 290 < run(main).result < 350  # each 64 passes take a microsecond longer apiece


def test_a_time_out_of_main_is_its_own_and_not_the_limit(run):
    async def main(_loop):
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        run(main)


def test_an_error_of_main_is_raised_and_nothing_is_left_behind(run):
    ended = []

    async def child():
        try:
            await forever()
        finally:
            ended.append("child")

    async def just_started():
        ended.append("just started")

    async def main(_loop):
        running = asyncio.create_task(child())
        await asyncio.sleep(0)
        started = asyncio.create_task(just_started())
        raise ValueError((running, started) and "mine")

    with pytest.raises(ValueError, match="mine"):
        run(main)
    assert ended == ["just started", "child"]
    assert run(lambda _loop: asyncio.sleep(1)).ended is Ended.RETURNED


def test_what_left_over_tasks_still_do_is_done_before_they_are_cancelled(run):
    log = []

    async def grandchild():
        await asyncio.sleep(1)
        log.append("grandchild done")
        await forever()

    async def child():
        await asyncio.sleep(1)
        kept.append(asyncio.create_task(grandchild()))
        log.append("child done")

    kept = []

    async def main(_loop):
        kept.append(asyncio.create_task(child()))

    session = run(main, on_rest=lambda: log.append("rest"))
    assert log == ["child done", "grandchild done", "rest"]
    assert len(session.pending) == 1
    assert session.pending[0].startswith("task main/child[0]/grandchild[0] in ")
    assert session.pending[0].rpartition(":")[0].endswith(" in forever")


def test_a_left_over_task_that_polls_for_ever_is_pending(run):
    async def poll():
        while True:  # noqa: ASYNC110 - what is tested
            await asyncio.sleep(0.01)

    async def main(loop):
        loop.kept = asyncio.create_task(poll())

    session = run(main, limit_s=5)
    assert session.ended is Ended.RETURNED
    assert [text.rpartition(".")[2].partition(":")[0] for text in session.pending] == ["poll"]


def test_cancelled_left_overs_may_clean_up_and_may_refuse_twice(run):
    log = []

    async def stubborn():
        for attempt in range(3):
            try:
                await forever()
            except asyncio.CancelledError:
                await asyncio.sleep(0.1)
                log.append(attempt)

    async def main(loop):
        loop.kept = asyncio.create_task(stubborn())

    assert len(run(main).pending) == 1
    assert log == [0, 1, 2]


@pytest.mark.slow
def test_a_task_that_refuses_every_cancellation_is_ended_all_the_same(run):
    ended = []

    async def stubborn():
        try:
            while True:
                try:
                    await asyncio.sleep(0)
                except asyncio.CancelledError:
                    continue
        finally:
            ended.append(True)

    async def main(loop):
        loop.kept = asyncio.create_task(stubborn())

    assert len(run(main).pending) == 1
    assert ended == [True]


def test_an_exception_that_nobody_retrieves_is_reported(run):
    async def child(text):
        raise ValueError(text)

    async def main(loop):
        first = asyncio.create_task(child("first"))
        second = asyncio.create_task(child("second"))
        await asyncio.wait([first, second])
        loop.cycle = [first, loop]  # held by a cycle: reported all the same, and now
        loop.call_soon(lambda: 1 / 0)
        second.exception()
        await asyncio.sleep(1)

    callback, task = run(main).lost
    assert callback.startswith("Exception in callback test_an_exception_that_nobody_retrieves")
    assert callback.endswith("ZeroDivisionError: division by zero")
    assert task == "Exception of task main/child[0] was never retrieved: ValueError: first"


def test_async_generators_are_closed(run):
    log = []

    async def numbers(name):
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0)
            log.append(name)

    async def main(loop):
        async for _ in numbers("dropped"):
            break
        loop.kept = numbers("kept")
        await anext(loop.kept)

    session = run(main)
    assert sorted(log) == ["dropped", "kept"]
    assert (session.pending, session.lost) == ((), ())


def test_context_variables_reach_tasks_callbacks_and_steps_of_threads(run):
    variable = contextvars.ContextVar("variable", default="outside")

    async def main(loop):
        variable.set("inside")
        seen = []

        async def child():
            seen.append(variable.get())
            variable.set("child")

        await asyncio.create_task(child())
        loop.call_soon(lambda: seen.append(variable.get()))
        seen.append(await asyncio.to_thread(variable.get))
        seen.append(await loop.run_in_executor(None, variable.get))
        own = contextvars.Context()
        await asyncio.create_task(child(), context=own)
        return seen, own[variable]

    expected = ["inside", "inside", "inside", "outside", "outside"]
    assert run(main).result == (expected, "child")
    assert variable.get() == "outside"


def test_work_for_a_thread_is_a_step_of_its_own(run):
    async def main(loop):
        log = []

        async def other():
            log.append("other")

        task = asyncio.create_task(other())
        log.append(await loop.run_in_executor(None, lambda: (log.append("work"), 7)[1]))
        await task
        return log

    assert run(main).result == ["other", "work", 7]


def test_what_work_for_a_thread_raises_belongs_to_whoever_awaits_it(run):
    def fail(error):
        raise error

    async def main(_loop):
        with pytest.raises(KeyError, match="x"):
            await asyncio.to_thread(fail, KeyError("x"))
        with pytest.raises(RuntimeError, match="StopIteration"):
            await asyncio.to_thread(fail, StopIteration())
        task = asyncio.create_task(asyncio.to_thread(fail, KeyError("never runs")))
        await asyncio.sleep(0)
        task.cancel()

    assert run(main).lost == ()


def test_no_event_loop_runs_in_the_step_of_a_thread(run):
    def has_loop():
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        return True

    async def main(loop):
        assert await asyncio.to_thread(has_loop)
        return asyncio.get_running_loop() is loop

    assert run(main).result is True


def test_a_simulation_cannot_run_inside_another_one(run):
    async def main(_loop):
        before = time.time()
        with pytest.raises(RuntimeError, match="inside another"):
            run(lambda _loop: asyncio.sleep(0))
        await asyncio.sleep(1)
        return time.time() - before  # still the outer one's clock

    assert run(main).result == pytest.approx(1, abs=0.001)


def test_a_loop_can_be_driven_by_hand():
    loop = SimulatedLoop(1)
    try:
        assert loop.run_until_complete(asyncio.sleep(5, "done")) == "done"
        assert loop.time() == pytest.approx(5)
    finally:
        loop.close()


def test_the_collector_is_on_again_after_a_simulation(run):
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        run(lambda _loop: 1 / 0)
    assert gc.isenabled()


@pytest.mark.slow
def test_memory_does_not_grow_over_3000_simulations(run):
    async def leaky(loop):
        loop.kept = [asyncio.create_task(forever()) for _ in range(3)]
        loop.kept.append(loop)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await forever()

    def many(count):
        for seed in range(count):
            run(leaky, seed)
        gc.collect()
        return len(gc.get_objects())

    many(20)
    before = many(20)
    tracemalloc.start()
    try:
        many(20)
        bytes_before = tracemalloc.get_traced_memory()[0]
        after = many(1_000)
        grown = tracemalloc.get_traced_memory()[0] - bytes_before
    finally:
        tracemalloc.stop()
    after = many(2_000)
    assert after - before < 200
    assert grown < 100_000
