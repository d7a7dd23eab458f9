"""The same schedule gives the same bytes: in this process, in others, and wherever memory lies."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

from production_testers.simulation import (
    DETECTORS,
    Delay,
    Faults,
    Limits,
    Schedule,
    execute,
    explore,
    read_schedule,
    replay,
)
from production_testers.simulation.exploration import prepare
from production_testers.simulation.portfolio import REORDERING, STRICT, planned
from production_testers.simulation.schedule import Latency
from simulation.programs import correct, more_races, races

ALL = {**races.PROGRAMS, **more_races.PROGRAMS, **correct.PROGRAMS}
POLLING = ("cancellation_with_clean_up", "polling_for_a_flag")  # slow under some orders
QUICK = [name for name in ALL if name not in POLLING]
MARKED = [
    pytest.param(name, marks=pytest.mark.slow if name == "polling_for_a_timer" else ())
    for name in QUICK
]


def stated_replays(program, *, seed, count, faults=None):
    """Executions of planned schedules, each with its replay from what it states, through JSON."""
    prepare(program)
    profile = execute(program, Schedule(), count_work=True).profile
    limits = Limits().known(profile.passes)
    turns = (*STRICT, *REORDERING)
    for index in range(1, count + 1):
        entry = planned(seed, index, profile, turns, faults)
        first = execute(program, entry.schedule, limits=limits)
        stated = json.loads(json.dumps(first.stated.as_json()))
        yield entry, first, execute(program, read_schedule(stated), limits=limits)


@pytest.mark.parametrize("faults", [None, Faults(late_work=True)], ids=["patient", "impatient"])
@pytest.mark.parametrize("name", MARKED)
def test_what_an_execution_states_gives_the_same_history(name, faults):
    for entry, first, again in stated_replays(ALL[name], seed=5, count=12, faults=faults):
        assert first.stated.order is first.stated.latency is None
        assert again.digest == first.digest, entry
        assert again.out_of_step == 0
        assert again.problems == first.problems


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["any-next", "ranked"])
def test_who_ends_next_is_stated_in_delays_even_when_tasks_are_cancelled(strategy):
    faults = Faults(late_work=True, cancel=True)
    for name, program in races.PROGRAMS.items():
        prepare(program)
        profile = execute(program, Schedule(), count_work=True).profile
        limits = Limits().known(profile.passes)
        for index in range(1, 9):
            entry = planned(9, index, profile, (strategy,), faults)
            first = execute(program, entry.schedule, limits=limits)
            again = execute(program, first.stated, limits=limits)
            assert again.digest == first.digest, (name, entry)


@pytest.mark.parametrize("distribution", ["any-next", "few", "wide", "uneven"])
def test_sleeping_for_ever_is_never_late(distribution):
    async def program():
        endless = [asyncio.create_task(asyncio.sleep(float("inf"))) for _ in range(2)]
        for _ in range(3):
            await asyncio.sleep(0.01)
        for task in endless:
            task.cancel()
        await asyncio.wait(endless)

    options = {
        "few": {"share": 1.0, "low_s": 0.1, "high_s": 0.2},
        "wide": {"factor": 2.0, "call_s": 0.1},
        "uneven": {"factor": 3.0, "change": 0.5, "call_s": 0.1},
    }.get(distribution, {})
    for seed in range(5):
        latency = Latency(distribution=distribution, seed=seed, options=options)
        first = execute(program, Schedule(latency=latency))
        assert first.problems == ()
        assert all(delay.seconds < 10 for delay in first.stated.delays)
        assert execute(program, first.stated).digest == first.digest


@pytest.fixture(scope="module")
def failures():
    """The failures of the races that have some of their own here: name → its failure."""
    found = {}
    for name, program in races.PROGRAMS.items():
        search = explore(program, schedules=100, stop_at_first=True, isolate=False)
        (found[name],) = search.failures
    return found


@pytest.mark.slow
def test_the_smallest_schedule_has_the_digest_that_was_named(failures):
    for name, failure in failures.items():
        schedule = read_schedule(json.loads(json.dumps(failure.schedule.as_json())))
        again = replay(races.PROGRAMS[name], schedule)
        assert again.digest == failure.digest
        assert again.problems[0] == failure.problem
        assert failure.stable


@pytest.mark.slow
def test_heap_noise_between_replays_changes_nothing(failures):
    kept = []
    for name, failure in failures.items():
        for number in range(5):
            kept.append([object() for _ in range(101 * number)])
            kept.append([asyncio.Lock() for _ in range(13 * number)])
            kept.append(replay(races.PROGRAMS[name], failure.schedule))
            assert kept[-1].digest == failure.digest
        del kept[:-2]


IN_A_NEW_PROCESS = """
import json, sys
from production_testers.simulation import read_schedule, replay
from simulation.programs import correct, more_races, races
programs = {**races.PROGRAMS, **more_races.PROGRAMS, **correct.PROGRAMS}
noise = [object() for _ in range(int(sys.argv[1]))]
for line in sys.stdin:
    name, schedule = json.loads(line)
    print(name, replay(programs[name], read_schedule(schedule)).digest)
"""


@pytest.mark.slow
def test_new_processes_replay_alike_whatever_their_hash_seed(failures):
    cases = [(name, failure.schedule) for name, failure in failures.items()]
    for name in QUICK[::4]:
        cases += [
            (name, entry.schedule) for entry, *_ in stated_replays(ALL[name], seed=2, count=4)
        ]
    expected = [f"{name} {replay(ALL[name], schedule).digest}" for name, schedule in cases]
    lines = [json.dumps([name, schedule.as_json()]) for name, schedule in cases]
    here = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 - an entry of a search path
    path = os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])])
    for number, hash_seed in enumerate(("0", "1", "42", "4294967295", "random")):
        done = subprocess.run(
            [sys.executable, "-c", IN_A_NEW_PROCESS, str(number * 1234)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path},
            input="\n".join(lines),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines() == expected, hash_seed


def test_the_seed_decides_randomness_and_nothing_else_does():
    import random  # noqa: PLC0415 - as programs do

    async def program():
        return random.random(), random.Random().random()

    outcomes = [execute(program, Schedule(seed=seed)).outcome for seed in (1, 2, 1)]
    assert outcomes[0] == outcomes[2] != outcomes[1]
    assert execute(program, Schedule(seed=1), detect=DETECTORS).outcome == outcomes[0]


def test_sets_in_a_result_are_told_in_one_order():
    async def program():
        await asyncio.sleep(0)
        return {"a set": {"some", "words", "in", "a", "set"}, "b": (frozenset("xyz"), {1: {3, 2}})}

    outcome = execute(program, Schedule()).outcome
    assert outcome == (
        "returned {'a set': {'a', 'in', 'set', 'some', 'words'},"
        " 'b': (frozenset({'x', 'y', 'z'}), {1: {2, 3}})}"
    )


def test_a_result_may_contain_itself():
    async def program():
        own = [1]
        own.append(own)
        return own

    assert execute(program, Schedule()).outcome == "returned [1, [...]]"


def test_addresses_in_a_result_are_left_out():
    async def program():
        return object()

    assert execute(program, Schedule()).outcome == "returned <object object at 0x…>"


def test_a_stated_delay_can_be_named_by_hand():
    async def program():
        await asyncio.sleep(0.5)

    delay = Delay(task="main", nth=1, seconds=0.25)
    execution = execute(program, Schedule(delays=(delay,)))
    assert execution.stated.delays == (delay,)
    assert execution.virtual_s == pytest.approx(0.75, abs=1e-5)
