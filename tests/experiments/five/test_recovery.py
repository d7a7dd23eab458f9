"""Real processes that fail, are stopped and are killed, and what the next one makes of it."""

import importlib.util
import re
import sys
import textwrap
from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace

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
import sys
import threading

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


def judged(first, undisturbed, control=None, *, done=20, **stated):
    """What is said of a way whose processes took so many seconds to their first items."""
    recovery, tried = Recovery(**stated), []
    row = {
        "accepted": 20, "done_at_the_end": done, "lost": 20 - done, "twice": 0,
        "ended_before_its_time": undisturbed is None, "undisturbed_after_s": undisturbed,
        "first_done_after_s": first,
    }  # fmt: skip
    row["restored_within_s"] = recovery._limit_s(row)
    play = SimpleNamespace(given_up=[], control=lambda: tried.append(1) or control)
    return *recovery._judged(KILL, row, play), bool(tried)


def test_the_limit_is_what_the_machine_was_measured_to_need():
    for first, undisturbed in ((4.9, 0.1), (49.0, 10.0), (14.9, 3.0)):
        assert judged(first, undisturbed) == ([], [], False)
    assert Recovery()._limit_s({"undisturbed_after_s": 0.1}) == 5.0  # a moment's load counts little
    assert Recovery(restored_times_max=2)._limit_s({"undisturbed_after_s": 7.0}) == 14.0


def test_too_long_is_longer_than_the_first_process_and_than_one_with_nothing_to_resume():
    broken, unclear, _tried = judged(51.0, 10.0, control=10.1)
    assert unclear == []
    assert broken == [
        "kill -9: the first item was done after 51.0 s; 50 s are allowed, because the first process"
        " had taken 10.0 s, and one that had nothing to resume took 10.1 s."
    ]
    (late,), _, _ = judged(51.0, 10.0, control=None)  # nor does anything start any more
    assert "took None s" not in late
    assert "one that had nothing to resume got nothing done" in late


def test_a_machine_that_became_slower_is_not_the_frameworks_fault():
    broken, (told,), _tried = judged(51.0, 10.0, control=10.3)
    assert broken == []
    assert "took 10.3 s after that: the machine has become slower" in told


def test_a_promise_in_seconds_is_kept_whatever_the_machine():
    (late,), unclear, tried = judged(3.1, 3.0, restored_within_s=3.0)
    assert late == "kill -9: the first item was done after 3.1 s; 3 s are allowed."
    assert (unclear, tried) == ([], False)


def test_nothing_done_is_told():
    broken, _, tried = judged(None, 3.0, done=4)
    assert "kill -9: the next process got nothing done." in broken
    assert not tried
    _, (told,), _ = judged(None, None, done=0)
    assert told == "kill -9: within 180 s the first process got nothing done, or it ended."


def test_what_was_waited_for_in_vain_is_told(ground, folder, monkeypatch):
    for name, value in (("PATIENCE_S_MIN", 5.0), ("PATIENCE_TIMES", 3)):
        monkeypatch.setattr(f"production_testers.experiments.five.recovery.{name}", value)
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
