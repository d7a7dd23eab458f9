"""Real processes that fail, are stopped and are killed, and what the next one makes of it."""

import importlib.util
import re
import sys
import textwrap
from contextlib import closing
from dataclasses import replace

import pytest

from production_testers.experiments.five import Ground, Held, Recovery, life
from production_testers.experiments.five.recovery import FAIL, KILL, STOP, _Play
from production_testers.suts.reference import ReferenceAdapter

pytestmark = pytest.mark.slow

SLOW_S = 600.0
"""How fast the machine is decides about nothing here."""

BASELINE = '''
"""take → book; the second one has the effect."""

from production_testers.testing import GIVE, StageSpec, pipeline_of, requests


def pipeline():
    return pipeline_of(
        "booking",
        [
            StageSpec(name="take", function=GIVE, params={"work_ms": 4}),
            StageSpec(name="book", function=GIVE, after=("take",)),
        ],
    )


def some_requests(random, count):
    return requests(random, count)
'''
ADAPTERS = '''
"""Frameworks that are wrong in what comes after a crash."""

import asyncio
import json
import signal
import sqlite3
import sys
import threading
import time
from contextlib import closing

from production_testers.model.pipeline import Status
from production_testers.suts.contract import RunResult, StageResult
from production_testers.suts.reference import ReferenceAdapter


class SaysDoneAndForgets(ReferenceAdapter):
    """Every seventh run is said to be completed and is never executed."""

    runs = 0

    async def run(self, built, pipeline, request):
        self.runs += 1
        if self.runs % 7 == 0:
            return RunResult(ended="completed")
        return await super().run(built, pipeline, request)


class DoesItTwice(ReferenceAdapter):
    """Every seventh run is executed twice."""

    runs = 0

    async def run(self, built, pipeline, request):
        self.runs += 1
        if self.runs % 7 == 0:
            await super().run(built, pipeline, request)
        return await super().run(built, pipeline, request)


class StartsOnceOnly(ReferenceAdapter):
    """A lock in a file outlives its process, and nobody gets past it."""

    def build(self, pipeline, body):
        try:
            open("LOCK", "x").close()
        except FileExistsError:
            raise RuntimeError("another process is at work") from None
        return super().build(pipeline, body)


class SlowToResume(ReferenceAdapter):
    """Where another process was at work before, building takes two seconds more."""

    def build(self, pipeline, body):
        store = json.loads(sys.argv[1])["store"]
        with closing(sqlite3.connect(store)) as connection:
            (done,) = connection.execute("SELECT count(done_in) FROM items").fetchone()
        time.sleep(2 if done else 0)
        return super().build(pipeline, body)


class NeverEnds(ReferenceAdapter):
    """The second process does its work, and then hangs."""

    def build(self, pipeline, body):
        if json.loads(sys.argv[1])["life"] > 1:
            threading.Thread(target=threading.Event().wait).start()
        return super().build(pipeline, body)
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("run")
    (root / "pipelines").mkdir()
    (root / "pipelines" / "__init__.py").write_text("")
    (root / "pipelines" / "baseline.py").write_text(textwrap.dedent(BASELINE))
    source = ADAPTERS.replace('"LOCK"', repr(str(root / "lock")))
    (root / "adapters_for_recovery.py").write_text(source)
    return root


def module(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def ground(folder):
    baseline = module(folder / "pipelines" / "baseline.py", "baseline_for_recovery")
    adapter = ReferenceAdapter()
    return Ground(
        adapter=adapter,
        sut=adapter.describe(),
        baseline=baseline,
        seed=1,
        paths=(str(folder),),
    )


def wrong(ground, folder, name):
    adapters = module(folder / "adapters_for_recovery.py", "adapters_for_recovery")
    return replace(ground, adapter=getattr(adapters, name)())


def test_nothing_is_lost_and_nothing_is_done_twice(ground):
    done = Recovery(items=20, concurrency=4, restored_within_s=SLOW_S).perform(ground)
    assert (done.held, done.reasons) == (Held.HELD, ())
    assert [row["way"] for row in done.table] == [FAIL, STOP, KILL]
    for row in done.table:
        assert 0 < row["done_when_it_ended"] < row["done_at_the_end"] == row["accepted"] == 20
        assert (row["lost"], row["twice"]) == (0, 0)
        assert 0 < row["first_done_after_s"] <= row["all_done_after_s"]
    assert [row["exit_codes"] for row in done.table] == [[1, 0], [0, 0], [-9, 0]]
    assert done.figures["accepted"] == 60


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SaysDoneAndForgets", "accepted items were lost"),
        ("DoesItTwice", "items were executed twice"),
        ("StartsOnceOnly", "the next process got nothing done"),
    ],
)
def test_what_goes_wrong_after_a_kill_is_told(ground, folder, name, words):
    done = Recovery(items=40, ways=(KILL,), concurrency=2, restored_within_s=SLOW_S).perform(
        wrong(ground, folder, name)
    )
    assert done.held is Held.NOT_HELD
    assert any(words in reason for reason in done.reasons)


def test_a_limit_that_is_too_short_is_missed(ground):
    done = Recovery(items=20, ways=(KILL,), concurrency=2, restored_within_s=0.0).perform(ground)
    assert done.held is Held.NOT_HELD
    assert "0 s are allowed" in done.reasons[0]


def slow(ground, folder, monkeypatch):
    """Limits as they are on a quick machine, and a framework that takes a second to start."""
    monkeypatch.setattr("production_testers.experiments.five.recovery.RESTORED_S_MIN", 0.0)
    return wrong(ground, folder, "SlowToResume"), Recovery(items=20, ways=(KILL,), concurrency=2)


def test_too_long_is_longer_than_the_first_process_and_than_one_with_nothing_to_resume(
    ground, folder, monkeypatch
):
    there, recovery = slow(ground, folder, monkeypatch)
    done = replace(recovery, restored_times_max=1.5).perform(there)
    assert done.held is Held.NOT_HELD
    row = done.table[0]
    assert row["first_done_after_s"] > row["restored_within_s"] > row["undisturbed_after_s"]
    assert f"{row['restored_within_s']:g} s are allowed" in done.reasons[0]
    assert "one that had nothing to resume took" in done.reasons[0]
    assert replace(recovery, restored_times_max=SLOW_S).perform(there).held is Held.HELD


def test_a_machine_that_became_slower_is_not_the_frameworks_fault(ground, folder, monkeypatch):
    there, recovery = slow(ground, folder, monkeypatch)
    monkeypatch.setattr(_Play, "control", lambda _play: SLOW_S)
    done = replace(recovery, restored_times_max=1.5).perform(there)
    assert done.held is Held.INCONCLUSIVE
    assert "the machine has become slower" in done.reasons[0]


def test_what_was_waited_for_in_vain_is_told(ground, folder, monkeypatch):
    for name in ("PATIENCE_S_MIN", "PATIENCE_TIMES"):
        monkeypatch.setattr(f"production_testers.experiments.five.recovery.{name}", 2)
    recovery = Recovery(items=20, ways=(KILL,), concurrency=2, restored_within_s=SLOW_S)
    done = recovery.perform(wrong(ground, folder, "NeverEnds"))
    assert done.held is Held.NOT_HELD
    assert re.search(r"The next process had not ended after \d+ s in which", done.reasons[0])
    assert done.table[0]["lost"] == 0


def test_a_process_that_was_over_before_it_could_be_killed_proves_nothing(ground):
    done = Recovery(items=1, ways=(KILL,), restored_within_s=SLOW_S).perform(ground)
    assert done.held is Held.INCONCLUSIVE
    assert Recovery(ways=()).perform(ground).held is Held.INCONCLUSIVE


def test_what_two_processes_executed_is_told_from_what_one_did_twice(tmp_path):
    """The first process ends after the effect, and before it could say so."""
    play = _Play(None, tmp_path, items=2, concurrency=1)
    life.accept(play.store, 2)
    with closing(life.opened(play.store)) as store:
        store.executemany("INSERT INTO executed VALUES (?, ?)", [("r0", 1), ("r0", 2), ("r1", 1)])
        store.executemany("INSERT INTO effects VALUES (?)", [("r0",), ("r1",)])
        store.executemany("UPDATE items SET done_in = ? WHERE key = ?", [(2, "r0"), (1, "r1")])
        assert play._counted() == {"lost": 0, "twice": 0, "executed_again": 1}
        store.execute("INSERT INTO executed VALUES ('r1', 1)")
        store.execute("UPDATE items SET done_in = NULL WHERE key = 'r0'")
        assert play._counted() == {"lost": 1, "twice": 1, "executed_again": 1}
