"""A plan is counted in schedules, and adds up to the same whoever executes it."""

import json
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from production_testers.experiments.exploration import (
    BATCH,
    CANDIDATES_PER_CLASS,
    KindReport,
    WorkerPool,
    explore,
)
from production_testers.experiments.jobs import draw
from production_testers.model.errors import PtestError
from production_testers.model.scenario import Kind

PYTHON = Path(sys.executable)
DRAWING = """
from production_testers.experiments.workloads import faults, latencies, random_graph, requests
from production_testers.model.scenario import FaultKind, Kind, Scenario

def scenario(random):
    pipeline = random_graph(random, random.randint(1, 5))
    runs = requests(random, random.randint(1, 3))
    return Scenario(kind=Kind("{kind}"), pipeline=pipeline, requests=runs,
                    faults=faults(random, pipeline, runs, (FaultKind.RAISE, FaultKind.SLOW)),
                    latencies=latencies(random))
"""
KILLING = "import os, signal\ndef scenario(random):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
RAISING = "def scenario(random):\n    raise ValueError('a mistake in the run folder')\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    pipelines = folder / "pipelines"
    pipelines.mkdir()
    (pipelines / "__init__.py").touch()
    (pipelines / "baseline.py").write_text(DRAWING.format(kind="baseline"))
    (pipelines / "chaos.py").write_text(DRAWING.format(kind="chaos"))
    (pipelines / "stress.py").write_text(KILLING)
    (pipelines / "recovery.py").write_text(RAISING)
    return folder


@pytest.fixture(scope="module")
def pool(folder):
    with WorkerPool(PYTHON, "reference", (folder,), size=2) as pool:
        yield pool


PLAN = {Kind.BASELINE: 30, Kind.CHAOS: 60}


@pytest.fixture(scope="module")
def large(pool):
    return explore(pool, PLAN, 7)


@pytest.mark.slow
def test_a_plan_is_executed_whole(large):
    for kind, report in large.items():
        assert (report.schedules, report.truncated, report.lost) == (PLAN[kind], False, 0)
        assert report.steps > report.schedules
        assert report.broken == {}
        assert report.state_of("dag/dependencies-first") == "holds"
        assert report.exercised["dag/dependencies-first"] > 0
    assert len(large[Kind.CHAOS].interleavings) > 30


@pytest.mark.slow
def test_one_worker_and_two_find_the_same(folder, large):
    with WorkerPool(PYTHON, "reference", (folder,), size=1) as alone:
        again = explore(alone, PLAN, 7)
    assert {k: r.as_json() for k, r in again.items()} == {k: r.as_json() for k, r in large.items()}


def test_a_smaller_plan_is_a_prefix_of_a_larger_one(pool, large):
    small = explore(pool, {Kind.CHAOS: 40}, 7)[Kind.CHAOS]
    assert small.schedules == 40
    assert small.interleavings < large[Kind.CHAOS].interleavings


def test_another_seed_draws_other_schedules(pool, large):
    other = explore(pool, {Kind.CHAOS: 20}, 8)[Kind.CHAOS]
    assert not other.interleavings & large[Kind.CHAOS].interleavings


def test_a_schedule_belongs_to_seed_kind_and_index(folder, monkeypatch):
    monkeypatch.syspath_prepend(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == "pipelines"]:
        monkeypatch.delitem(sys.modules, name)
    drawn = [draw(Kind.CHAOS, 7, index) for index in range(5)]
    assert [draw(Kind.CHAOS, 7, index) for index in reversed(range(5))] == drawn[::-1]
    assert len({repr(scenario) for scenario in drawn}) == 5
    assert draw(Kind.BASELINE, 7, 0).pipeline != drawn[0].pipeline
    for name in [name for name in sys.modules if name.partition(".")[0] == "pipelines"]:
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.slow
def test_schedules_of_a_worker_that_died_are_lost_and_not_found(folder):
    told = []
    with WorkerPool(PYTHON, "reference", (folder,), size=2) as pool:
        reports = explore(
            pool, {Kind.STRESS: BATCH + 5, Kind.CHAOS: 30}, 7, on_schedules=told.append
        )
    lost = reports[Kind.STRESS]
    assert (lost.lost, lost.schedules, lost.truncated) == (BATCH + 5, 0, True)
    assert lost.state_of("dag/runs-once") == "unknown"
    assert (reports[Kind.CHAOS].schedules, reports[Kind.CHAOS].truncated) == (30, False)
    assert sum(told) == 30


@pytest.mark.slow
def test_a_pool_can_be_used_again_after_a_worker_died(folder):
    with WorkerPool(PYTHON, "reference", (folder,), size=1) as pool:
        explore(pool, {Kind.STRESS: 1}, 7)
        assert explore(pool, {Kind.CHAOS: 5}, 7)[Kind.CHAOS].schedules == 5


def test_a_mistake_in_the_run_folder_is_no_lost_schedule(pool):
    with pytest.raises(PtestError, match="a mistake in the run folder"):
        explore(pool, {Kind.RECOVERY: 1}, 7)


def test_a_plan_that_is_stopped_is_truncated(pool):
    answers = iter([False, True])
    report = explore(pool, {Kind.CHAOS: 2 * BATCH}, 7, stop=lambda: next(answers))[Kind.CHAOS]
    assert (report.schedules, report.truncated, report.lost) == (BATCH, True, 0)


def test_an_empty_plan_is_nothing(pool):
    assert explore(pool, {}, 7) == {}
    assert explore(pool, {Kind.CHAOS: 0}, 7)[Kind.CHAOS].truncated is False


def batch(*candidates, **more):
    return {
        "schedules": 25,
        "steps": 100,
        "left_out": 0,
        "not_offered": {},
        "exercised": {"x/y": 3},
        "judged": {"x/y": {"holds": 25}},
        "broken": [],
        "crashes": {},
        "interleavings": ["a", "b"],
        "strategies": {"latencies": 19, "pct2": 6},
        "tasks": 7,
        "choices": 40,
        "faults_planned": 5,
        "faults_fired": {"raise": 2},
        "candidates": [
            {"law": law, "index": index, "verdict": {"outcome_class": name}}
            for law, name, index in candidates
        ],
        **more,
    }


def test_batches_add_up():
    report = KindReport(kind=Kind.CHAOS, planned=60)
    report.add(batch(broken=[["x/y", "late", 2]], judged={"x/y": {"holds": 23, "broken": 2}}))
    report.add(batch(left_out=10, not_offered={"status_skip": 10}, interleavings=["b", "c"]))
    found = report.as_json()
    assert (found["schedules"], found["left_out"], report.truncated) == (50, 10, False)
    assert found["laws"] == {"x/y": {"broken": 2, "exercised": 6, "holds": 48}}
    assert found["broken"] == [["x/y", "late", 2]]
    assert found["distinct_interleavings"] == 3
    assert report.state_of("x/y") == "broken"
    assert (found["faults_planned"], found["faults_fired"]) == (10, {"raise": 4})
    power = found["power"]
    assert power["strategies"] == {"latencies": 38, "pct2": 12}
    assert power["pct_bounds"] == [0, round(1 - (1 - 1 / (7 * 40)) ** 12, 6), 0]
    assert report.state_of("never/asked") == "unknown"


def test_the_first_few_candidates_of_each_class_are_kept():
    report = KindReport(kind=Kind.CHAOS, planned=100)
    random = Random(1)
    for start in range(4):
        late = [("x/y", "late", start * 10 + n) for n in range(3)]
        report.add(batch(*late, ("x/y", "twice", random.randrange(9))))
    kept = [c["index"] for c in report.candidates if c["verdict"]["outcome_class"] == "late"]
    assert kept == [0, 1, 2, 10][:CANDIDATES_PER_CLASS]
    assert {c["kind"] for c in report.candidates} == {"chaos"}


def test_what_is_handed_on_to_a_lab_says_the_same():
    report = KindReport(kind=Kind.CHAOS, planned=4, schedules=4, faults_planned=3)
    report.judged = {"a/law": Counter(broken=1, holds=3), "b/law": Counter(explained=2)}
    report.exercised = Counter({"a/law": 7})
    report.faults_fired = Counter(raise_=2)
    report.candidates = [{"law": "a/law", "index": 2, "verdict": {"summary": "so"}, "scenario": {}}]
    told = json.loads(json.dumps(report.handed_on()))
    taken = KindReport.taken_over(Kind.CHAOS, told)
    for law in ("a/law", "b/law", "c/law"):
        assert taken.state_of(law) == report.state_of(law)
    assert (taken.why_inconclusive, taken.exercised) == ("", report.exercised)
    assert taken.candidates[0]["verdict"] == {"summary": "so"}
