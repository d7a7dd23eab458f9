"""Exploring a program: what is searched, what is kept of it, and what is said about it."""

import asyncio
import gc
import json
import math
import os
import socket
import tracemalloc
from functools import partial

import pytest

from production_testers.model.errors import UsageError
from production_testers.simulation import (
    Delay,
    Detector,
    FaultKind,
    Faults,
    Model,
    Schedule,
    SimulationFailedError,
    cancel_everywhere,
    explore,
    exploring_loop,
    read_schedule,
    replay,
)
from production_testers.simulation.exploration import BATCH, FAILURES_MAX
from simulation.programs import races


async def quiet():
    await asyncio.sleep(0.01)


async def turns(count):
    for _ in range(count):
        await asyncio.sleep(0)


def interleaved(*pauses):
    """Tasks that never wait for each other; the last one to end lets the program end."""

    async def program():
        ended = asyncio.Event()
        left = len(pauses)

        async def task(count):
            nonlocal left
            await turns(count)
            left -= 1
            if not left:
                ended.set()

        tasks = [asyncio.create_task(task(count)) for count in pauses]
        await ended.wait()
        return len(tasks)

    return program


async def needs_an_order():
    """Fails when the second task begins before the first."""
    log = []

    async def step(name):
        log.append(name)
        await asyncio.sleep(0)

    await asyncio.gather(step("first"), step("second"))
    assert log == ["first", "second"]


async def needs_timing():
    """Fails when the first sleep takes so long that the second one ends before it."""
    log = []

    async def step(name, seconds):
        await asyncio.sleep(seconds)
        log.append(name)

    await asyncio.gather(step("first", 0.01), step("second", 0.05))
    assert log == ["first", "second"]


# What is executed


@pytest.mark.parametrize("schedules", [0, -1])
def test_at_least_one_schedule_is_needed(schedules):
    with pytest.raises(UsageError, match=f"schedules={schedules}: "):
        explore(quiet, schedules=schedules)


def test_an_unknown_model_is_refused():
    with pytest.raises(UsageError, match="model='strickt'"):
        explore(quiet, model="strickt")


def test_how_far_it_is_is_told():
    told = []
    explore(quiet, schedules=2 * BATCH + 8, on_schedules=told.append)
    assert told == [BATCH, BATCH, 7]  # the first one was executed before


@pytest.mark.parametrize("isolate", [True, False])
def test_a_seed_gives_the_same_exploration_each_time(isolate):
    def search(seed):
        return explore(needs_timing, schedules=20, seed=seed, isolate=isolate).as_json()

    assert search(1) == search(1)
    assert search(1) != search(2)


def test_isolation_changes_nothing_about_a_program_that_keeps_nothing():
    apart, together = (
        explore(needs_an_order, schedules=60, isolate=isolate).as_json()
        for isolate in (True, False)
    )
    assert apart == together


@pytest.mark.parametrize("seed", range(3))
def test_the_schedule_that_is_named_is_the_first_that_fails(seed):
    search = partial(explore, needs_timing, seed=seed, minimise=False)
    (failure,) = search(schedules=100).failures
    assert search(schedules=failure.index).ok
    (again,) = search(schedules=failure.index + 1).failures
    assert (again.index, again.schedule, again.count) == (failure.index, failure.schedule, 1)


@pytest.mark.parametrize("stop_at_first", [True, False])
def test_failures_beyond_the_first_batch_have_their_own_index(stop_at_first):
    seen = []

    async def program():
        await asyncio.sleep(0.01)
        seen.append(1)
        assert len(seen) != BATCH + 21

    found = explore(
        program, schedules=200, isolate=False, minimise=False, stop_at_first=stop_at_first
    )
    (failure,) = found.failures
    assert failure.index == BATCH + 20
    assert found.power.schedules == (BATCH + 21 if stop_at_first else 200)


def test_different_failures_are_kept_apart_and_counted():
    async def program():
        log = []

        async def step(name):
            log.append(name)

        await asyncio.gather(*map(step, "abc"))
        assert log[0] != "b"
        if log[0] == "c":
            raise KeyError(log[1])

    found = explore(program, schedules=80)
    by_kind = {failure.problem.identity[1]: failure for failure in found.failures}
    assert set(by_kind) == {"AssertionError", "KeyError"}
    assert all(failure.count > 10 for failure in found.failures)
    assert sum(failure.count for failure in found.failures) < 80


def test_so_many_failures_are_kept_and_no_more():
    async def program():
        log = []

        async def step(number):
            log.append(number)

        await asyncio.gather(*map(step, range(12)))
        if log[0]:
            raise type(f"Error{log[0]}", (Exception,), {})

    found = explore(program, schedules=150, minimise=False, isolate=False)
    assert len(found.failures) == FAILURES_MAX


# Every order


@pytest.mark.parametrize(
    ("pauses", "count"),
    [
        ((0, 0), 2),
        ((1, 1), math.comb(4, 2)),
        ((2, 2), math.comb(6, 3)),
        ((3, 3), math.comb(8, 4)),
        ((0, 4), math.comb(6, 1)),
        ((0, 0, 0), math.factorial(3)),
        ((1, 1, 1), math.factorial(6) // 2**3),
        ((0, 0, 0, 0), math.factorial(4)),
    ],
)
def test_exhaustive_executes_every_order_once(pauses, count):
    found = explore(interleaved(*pauses), schedules=5_000, strategies=["exhaustive"], isolate=False)
    assert found.power.strategies == {"fifo": 1, "exhaustive": count}
    assert found.power.interleavings == count
    assert found.power.exhausted
    assert "Every order of ready tasks was executed" in str(found)


def test_what_is_waited_for_leaves_fewer_orders():
    async def program():
        lock = asyncio.Lock()

        async def holder():
            async with lock:
                await turns(2)

        tasks = [asyncio.create_task(holder()) for _ in range(2)]
        for task in tasks:
            await task

    found = explore(program, schedules=5_000, strategies=["exhaustive"], isolate=False)
    assert found.power.exhausted
    assert found.power.interleavings < math.comb(6, 3)


@pytest.mark.parametrize("schedules", [2, 20, BATCH + 1, BATCH + 9])
def test_a_search_that_ends_early_is_not_exhaustive(schedules):
    found = explore(interleaved(3, 3), schedules=schedules, strategies="exhaustive", isolate=False)
    assert found.power.schedules == schedules
    assert not found.power.exhausted
    assert "Every order" not in str(found)


def test_no_order_is_missed_where_batches_meet():
    count = math.factorial(6) // 2**3
    assert count > BATCH
    found = explore(interleaved(1, 1, 1), schedules=count + 1, strategies="exhaustive")
    assert (found.power.interleavings, found.power.exhausted) == (count, True)


def test_exhaustive_finds_the_one_order_that_fails():
    async def program():
        log = []

        async def task(name):
            for turn in range(3):
                log.append(name)
                await turns(turn != 2)

        await asyncio.gather(task("a"), task("b"))
        assert "".join(log) != "abbaba"

    found = explore(program, schedules=2_000, strategies="exhaustive", isolate=False)
    (failure,) = found.failures
    assert failure.strategy == "exhaustive"
    assert replay(program, failure.schedule).problems
    stopped = explore(
        program, schedules=2_000, strategies="exhaustive", isolate=False, stop_at_first=True
    )
    assert stopped.failures[0].index == failure.index
    assert stopped.power.schedules < found.power.schedules


def test_polling_does_not_make_an_endless_tree(monkeypatch):
    monkeypatch.setattr(exploring_loop, "OVERTAKEN_MAX", 40)

    async def program():
        flag = []

        async def set_it():
            flag.append(True)

        task = asyncio.create_task(set_it())
        while not flag:  # noqa: ASYNC110 - what is tested
            await asyncio.sleep(0)
        await task

    found = explore(program, schedules=3_000, strategies="exhaustive", isolate=False)
    assert (found.power.interleavings, found.power.exhausted) == (41, True)


# Programs that end their process


def ends_when(second_first):
    async def program():
        log = []

        async def step(name):
            log.append(name)

        await asyncio.gather(step("first"), step("second"))
        if (log[0] == "second") == second_first:
            os._exit(3)

    return program


@pytest.mark.parametrize("strategies", [None, ["exhaustive"]])
def test_a_program_that_ends_its_process_under_some_orders_fails_so(strategies):
    found = explore(ends_when(second_first=True), schedules=25, strategies=strategies)
    (failure,) = found.failures
    assert failure.problem.detector is Detector.ERROR
    assert failure.problem.summary == ("ProcessEnded: The program ended its process (exit code 3).")
    assert not found.power.exhausted
    if strategies is None:
        assert found.power.schedules == 25
        assert 0 < failure.count < 25


def test_a_program_that_ends_its_process_at_once_fails_so():
    found = explore(ends_when(second_first=False), schedules=3)
    assert found.failures[0].problem.summary.startswith("ProcessEnded: ")


# What needs something real


async def connects():
    with socket.socket() as connection:
        connection.connect(("127.0.0.1", 9))


async def connects_and_hides_it():
    try:
        await connects()
    except RuntimeError:
        return


@pytest.mark.parametrize("program", [connects, connects_and_hides_it])
def test_nothing_is_said_about_a_program_that_asks_for_something_real(program):
    found = explore(program, schedules=5)
    assert not found.ok
    assert found.failures == ()
    assert "socket.__new__ is not available in a simulation; called at" in found.refused
    assert f"{__name__}:" in found.refused
    assert str(found).startswith("Nothing can be said: socket.__new__ is not available")
    assert found.power.inconclusive == 5
    with pytest.raises(SimulationFailedError):
        found.raise_if_failed()


def test_executions_that_ask_for_something_real_say_nothing_and_others_do():
    async def program():
        log = []

        async def step(name):
            log.append(name)

        await asyncio.gather(step("first"), step("second"))
        if log[0] == "second":
            await connects()

    found = explore(program, schedules=40)
    assert found.ok
    assert 0 < found.power.inconclusive < 40
    assert "asked for something real" in str(found)


# What is said


def test_a_failure_says_what_fails_and_what_it_takes():
    found = explore(needs_timing, schedules=60, seed=2)
    (failure,) = found.failures
    text = str(found)
    assert text.startswith("1 failure, seed 2:\nerror: AssertionError")
    assert "[feasible]" in text
    assert f"found by {failure.strategy} in schedule {failure.index} (" in text
    assert "Sleep 1 of task main/step[0] takes " in text
    assert f"in {needs_timing.__name__}" in text
    with pytest.raises(SimulationFailedError, match="1 failure, seed 2") as caught:
        found.raise_if_failed()
    assert caught.value.exploration is found


def test_a_latent_failure_is_called_so():
    found = explore(needs_an_order, schedules=60)
    (failure,) = found.failures
    assert (failure.model, failure.feasible) == (Model.REORDERING, False)
    assert "[latent: needs ready tasks to change places]" in str(found)
    assert failure.directives == (
        "Hold task main/step[0] before its step 1 until nothing else can run.",
    )


def test_a_failure_in_asyncios_own_order_needs_nothing_unusual():
    async def program():
        raise ValueError("always")

    (failure,) = explore(program, schedules=10).failures
    assert (failure.index, failure.count, failure.strategy) == (0, 10, "fifo")
    assert failure.directives == ("Nothing unusual: asyncio's own order.",)
    assert failure.schedule == Schedule()
    assert failure.feasible


def test_nothing_found_says_how_hard_it_was_looked_for():
    found = explore(quiet, schedules=20, seed=3)
    assert found.ok
    found.raise_if_failed()
    assert str(found).startswith("Nothing found, seed 3.\n20 schedules (")


def test_an_exploration_is_a_json_object_whose_schedules_replay():
    found = explore(needs_timing, schedules=60)
    raw = json.loads(json.dumps(found.as_json()))
    (failure,) = raw["failures"]
    execution = replay(needs_timing, read_schedule(failure["schedule"]))
    assert execution.digest == failure["digest"]
    assert execution.problems[0].summary == failure["summary"]
    assert failure["feasible"] is failure["stable"] is True
    assert failure["directives"] == list(found.failures[0].directives)
    assert raw["power"]["schedules"] == 60


def test_without_making_it_small_what_was_found_is_stated():
    (failure,) = explore(needs_an_order, schedules=60, minimise=False).failures
    assert failure.schedule.order is None
    assert failure.tried == 0
    assert replay(needs_an_order, failure.schedule).digest == failure.digest
    assert failure.stable


def test_a_failure_that_depends_on_its_process_is_unstable():
    async def program():
        await asyncio.sleep(0.01)
        assert os.getpid() == parent, "elsewhere"

    parent = os.getpid()
    assert explore(program, schedules=3, isolate=False).ok

    async def each_time_another():
        raise ValueError(os.getpid())

    (failure,) = explore(each_time_another, schedules=2).failures
    assert not failure.stable
    assert "UNSTABLE" in failure.in_words()[0]


# Cancellation everywhere


def test_cancelling_everywhere_is_one_execution_for_each_point():
    async def program():
        async def child(count):
            await turns(count)

        await asyncio.gather(child(0), child(2), return_exceptions=True)

    found = cancel_everywhere(program)
    assert found.ok
    # Before steps 1, 1, 2 and 3; before 2 and 3 also while the task waits.
    assert found.power.strategies == {"fifo": 1, "cancel-everywhere": 1 + 1 + 2 + 2}


def test_a_cancellation_that_reaches_the_program_is_no_failure():
    async def program():
        await asyncio.create_task(quiet())

    found = cancel_everywhere(program)
    assert found.ok
    assert found.power.schedules == 4


def test_a_program_that_cleans_up_stands_every_cancellation():
    async def program():
        slots = asyncio.Semaphore(1)

        async def work():
            async with slots:
                await asyncio.sleep(0.01)

        results = await asyncio.gather(*(work() for _ in range(3)), return_exceptions=True)
        assert all(r is None or isinstance(r, asyncio.CancelledError) for r in results)
        async with asyncio.timeout(1):
            async with slots:
                pass

    found = cancel_everywhere(program)
    assert found.ok, found
    assert found.power.schedules > 10


def test_a_program_that_does_not_is_found_with_the_step():
    async def program():
        slots = asyncio.Semaphore(1)

        async def work():
            await slots.acquire()
            await asyncio.sleep(0.01)
            slots.release()

        await asyncio.gather(work(), return_exceptions=True)
        async with slots:
            pass

    found = cancel_everywhere(program)
    (failure,) = found.failures
    assert failure.problem.detector is Detector.DEADLOCK
    assert failure.directives == (
        "Cancel task main/work[0] before its step 2, when it is about to run.",
    )
    assert failure.count == 2


# Faults in a search


async def stores():
    kept = []
    for number in range(3):
        try:
            kept.append(json.dumps(number))
        except OSError:
            kept.append("default")
    assert len(kept) == 3
    return kept


async def loses():
    kept = []
    for number in range(3):
        try:
            kept.append(json.dumps(number))
        except OSError:
            continue
    assert len(kept) == 3


RAISING = Faults(ports={"json:dumps": [FaultKind.RAISE]}, errors=["builtins:OSError"], at_most=3)


def test_no_fault_happens_unless_it_is_allowed():
    assert explore(loses, schedules=30).ok


def test_a_fault_is_found_and_only_one_is_left():
    assert explore(stores, schedules=30, faults=RAISING).ok
    (failure,) = explore(loses, schedules=30, faults=RAISING).failures
    assert len(failure.schedule.faults) == 1
    assert failure.directives[0].startswith("Raise OSError at call ")
    assert failure.directives[0].endswith(" of json:dumps.")
    assert failure.feasible
    assert json.dumps(3) == "3"


def test_a_fault_that_a_failure_does_not_need_is_dropped():
    everything = Faults(cancel=True, ports={"json:dumps": ["delay"]}, clock_s=3, at_most=3)

    async def program():
        json.dumps(1)
        await needs_timing()

    found = explore(program, schedules=100, faults=everything)
    failure = next(f for f in found.failures if f.problem.detector is Detector.ERROR)
    assert failure.schedule.faults == ()
    assert len(failure.schedule.delays) == 1


def test_drops_duplicates_and_delays_are_found():
    async def program():
        sent = [part for part in (json.dumps(n) for n in range(2)) if part]
        assert len(sent) == 2

    (failure,) = explore(
        program, schedules=30, faults=Faults(ports={"json:dumps": ["drop"]})
    ).failures
    assert failure.directives[0].startswith("Drop call ")

    async def timed():
        loop = asyncio.get_running_loop()
        started = loop.time()
        json.dumps(1)
        assert loop.time() - started < 0.5

    late = Faults(ports={"json:dumps": ["delay"]}, late_s=2)
    (failure,) = explore(timed, schedules=60, faults=late).failures
    assert failure.directives[0].startswith("Let call 1 of json:dumps come ")


# Feasible and latent


@pytest.mark.slow
def test_what_a_race_needs_is_what_is_said_of_it():
    for name, program in races.PROGRAMS.items():
        found = explore(program, schedules=100, seed=1, stop_at_first=True, isolate=False)
        feasible = {"timing": True, "order": False}[races.NEEDS[name]]
        assert [failure.feasible for failure in found.failures] == [feasible], name


def test_what_was_found_without_latencies_is_looked_for_in_the_strict_model():
    async def program():
        log = []

        async def step(name):
            await asyncio.sleep(0.01)
            log.append(name)

        await asyncio.gather(step("first"), step("second"))
        assert log == ["first", "second"]

    (failure,) = explore(program, schedules=40, strategies=["holds"]).failures
    assert failure.strategy == "holds"
    assert failure.feasible
    assert failure.directives[0].startswith("Sleep 1 of task main/step[0] takes ")


def test_a_failure_that_was_found_by_reordering_is_feasible_where_timing_shows_it_too():
    (failure,) = explore(needs_timing, schedules=60, model="reordering").failures
    assert failure.strategy not in {"any-next", "few-late"}
    assert failure.feasible
    (delay,) = failure.schedule.delays
    assert (delay.task, delay.nth) == ("main/step[0]", 1)
    assert delay == Delay(task="main/step[0]", nth=1, seconds=delay.seconds)


# Memory


@pytest.mark.slow
def test_memory_does_not_grow_over_thousands_of_schedules():
    async def leaky():
        loop = asyncio.get_running_loop()
        loop.kept = [asyncio.create_task(asyncio.Event().wait()) for _ in range(2)]
        loop.kept.append(loop)
        await asyncio.gather(asyncio.sleep(0.01), asyncio.sleep(0.02), asyncio.to_thread(len, ""))

    def many(schedules):
        explore(leaky, schedules=schedules, isolate=False, seed=schedules)
        gc.collect()

    many(200)
    tracemalloc.start()
    try:
        many(200)
        before = tracemalloc.get_traced_memory()[0]
        many(600)
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    objects = len(gc.get_objects())
    many(3_000)
    assert grown < 100_000
    assert len(gc.get_objects()) - objects < 200
