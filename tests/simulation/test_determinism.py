"""Same seed, same bytes: in this process, and in new ones whatever their hash seed."""

import asyncio
import datetime
import os
import random
import secrets
import subprocess
import sys
import textwrap
import threading
import time
import types
import uuid

import pytest

from production_testers.simulation import patches, rebind

PROGRAM = """
import asyncio, json, os, random, secrets, sys, time, uuid
from production_testers.simulation import SimulatedLoop, install, simulate
install()

async def worker(number, loop):
    await asyncio.sleep(random.uniform(0.001, 0.005))
    return number

async def main(loop):
    tasks = {asyncio.create_task(worker(n, loop)) for n in range(40)}
    order = [t.get_name() for t in tasks]
    seen = []
    while tasks:
        done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        seen.append([t.result() for t in done])
        await asyncio.sleep(0.002)
    names = [t.get_name() for t in asyncio.all_tasks()]
    entropy = [str(uuid.uuid1()), str(uuid.uuid4()), os.urandom(4).hex(), secrets.token_hex(4),
               random.random(), random.Random().random(), time.time(), time.perf_counter_ns()]
    return [order, seen, names, entropy]

for seed in (1, 2, 1):
    session = simulate(main, SimulatedLoop(seed), seed=seed)
    print(repr(session))
"""


def sessions_in_a_new_process(hash_seed):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.slow
def test_a_seed_has_the_same_bytes_in_every_process():
    runs = [sessions_in_a_new_process(hash_seed) for hash_seed in ("0", "1", "4242", "random")]
    assert runs[1:] == runs[:1] * 3
    first, other, again = runs[0]
    assert first == again
    assert first != other


def test_sets_of_tasks_iterate_by_seed_and_not_by_address(run):
    async def main(_loop):
        tasks = {asyncio.create_task(asyncio.sleep(1)) for _ in range(30)}
        done, _ = await asyncio.wait(tasks)
        return [task.get_name() for task in done]

    orders = [run(main, seed).result for seed in (1, 2, 1, 2, 1)]
    assert orders[0] == orders[2] == orders[4]
    assert orders[1] == orders[3]
    assert orders[0] != orders[1]


def entropy():
    return (
        time.time(),
        time.time_ns(),
        time.monotonic(),
        time.perf_counter(),
        time.process_time(),
        time.strftime("%Y-%m-%d %H:%M:%S"),
        time.ctime(),
        tuple(time.gmtime()),
        datetime.date.today(),  # noqa: DTZ011 - what is tested
        uuid.uuid1(),
        uuid.uuid4(),
        os.urandom(8),
        secrets.token_bytes(8),
        secrets.SystemRandom().random(),
        random.random(),
        random.Random().random(),
        random.Random(3).random(),
    )


async def entropy_later(_loop):
    await asyncio.sleep(1)
    before = entropy()
    random.seed()
    return before, random.random()


def test_time_and_entropy_come_from_the_seed(run):
    first, again, other = (run(entropy_later, seed).result for seed in (1, 1, 2))
    assert first == again
    same = [mine == others for mine, others in zip(first[0], other[0], strict=True)]
    assert same == [True] * 9 + [False] * 7 + [True]


def test_virtual_wall_clock_starts_at_a_stated_moment(run):
    async def main(_loop):
        return time.time(), time.gmtime()[:6], uuid.uuid1().time

    now, parts, ticks = run(main).result
    assert now == pytest.approx(patches.EPOCH_S, abs=0.001)
    assert parts == (2026, 1, 1, 0, 0, 0)
    assert ticks == pytest.approx(patches.EPOCH_S * 1e7 + 0x01B21DD213814000, abs=10_000)


def test_no_patch_acts_outside_a_simulation(run):
    random.seed(5)
    state = random.getstate()
    run(entropy_later)
    assert random.getstate() == state
    assert abs(time.time() - patches.EPOCH_S) > 1
    assert uuid.uuid4() != uuid.uuid4()
    assert os.urandom(8) != os.urandom(8)
    assert random.Random().random() != random.Random().random()
    assert time.strftime("%Y", time.gmtime(0)) == "1970"
    before = time.monotonic()
    time.sleep(0.01)
    assert time.monotonic() - before >= 0.01
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    assert asyncio.run(asyncio.sleep(0, "real")) == "real"


def test_installing_twice_wraps_nothing_twice():
    before = time.time, os.urandom, threading.Thread.start
    patches.install()
    assert (time.time, os.urandom, threading.Thread.start) == before


@pytest.fixture
def module(monkeypatch):
    """A module of a system under test, named anew so that it is rebound once."""
    name = f"sut_{uuid.uuid4().hex}"
    made = types.ModuleType(name)
    monkeypatch.setitem(sys.modules, name, made)
    return made


def test_a_rebound_module_reads_virtual_dates(run, module):
    code = """
    import datetime as whole
    from datetime import datetime, timezone
    def now():
        return [
            datetime.now(timezone.utc), datetime.utcnow(), datetime.today(),
            whole.datetime.now(whole.timezone.utc), whole.date.today(),
        ]
    def facts(value):
        parsed = datetime.strptime("2026-01-02", "%Y-%m-%d")
        return [isinstance(value, datetime), issubclass(type(value), datetime), type(parsed),
                type(datetime(2026, 1, 2)), type(datetime.fromisoformat("2026-01-02")),
                type(datetime.combine(parsed.date(), parsed.time()))]
    """
    exec(textwrap.dedent(code), vars(module))
    rebind((module.__name__,))

    async def main(_loop):
        await asyncio.sleep(1800)
        return module.now()

    first, again = run(main).result, run(main).result
    assert first == again
    assert str(first[0])[:19] == str(first[3])[:19] == "2026-01-01 00:30:00"
    assert first[1] == first[0].replace(tzinfo=None)
    assert str(first[4]) == "2026-01-01"
    # Other tests may have rebound this module.
    real_class = type(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    assert {type(value) for value in first[:4]} == {real_class}
    assert module.facts(datetime.datetime.now(datetime.UTC)) == [
        True,
        True,
        *[real_class] * 4,
    ]
    real = datetime.datetime.now(datetime.UTC)
    assert abs((module.now()[0] - real).total_seconds()) < 60


def test_an_import_inside_a_function_gets_the_simulated_datetime_too(run, module):
    code = """
    def now():
        from datetime import UTC, datetime
        import datetime as whole
        return [datetime.now(UTC), whole.datetime.now(whole.UTC)]
    """
    exec(textwrap.dedent(code), vars(module))
    rebind((module.__name__,))

    async def main(_loop):
        await asyncio.sleep(1800)
        return [str(moment)[:19] for moment in module.now()]

    assert run(main).result == ["2026-01-01 00:30:00"] * 2
    real = datetime.datetime.now(datetime.UTC)
    assert all(abs((moment - real).total_seconds()) < 60 for moment in module.now())


def test_modules_outside_the_roots_are_not_rebound(module):
    module.datetime = datetime.datetime
    rebind(("something_else",))
    assert module.datetime is datetime.datetime


def test_uuid6_does_not_remember_an_earlier_simulation(run, monkeypatch):
    fake = types.ModuleType("uuid6")
    fake._last_v6_timestamp = fake._last_v7_timestamp = 2**70
    monkeypatch.setitem(sys.modules, "uuid6", fake)

    async def main(_loop):
        seen = fake._last_v6_timestamp, fake._last_v7_timestamp
        fake._last_v6_timestamp = 1
        return seen

    assert [run(main).result, run(main).result] == [(None, None), (None, None)]


def test_a_blocking_sleep_moves_virtual_time_on_and_holds_everything_up(run):
    async def main(loop):
        fired = []
        loop.call_later(1, lambda: fired.append(round(loop.time())))
        await asyncio.sleep(0)
        time.sleep(500)  # noqa: ASYNC251 - what is tested
        assert fired == []
        await asyncio.sleep(0)
        with pytest.raises(ValueError, match="non-negative"):
            time.sleep(-1)  # noqa: ASYNC251 - what is tested
        return fired, round(time.monotonic())

    assert run(main).result == ([500], 500)
