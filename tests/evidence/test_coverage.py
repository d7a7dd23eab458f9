"""The line recorder, and the sample of schedules that a worker executes under it."""

import inspect
import sys
from pathlib import Path

import pytest

from production_testers.evidence.coverage import LineRecorder
from production_testers.experiments.exploration import WorkerPool
from production_testers.suts.reference import executor

SAMPLE = "production_testers.evidence.coverage:sample"
DRAWING = """
from production_testers.experiments.workloads import chain, requests
from production_testers.model.scenario import Fault, FaultKind, Kind, Scenario

def scenario(random):
    faults = (Fault(kind=FaultKind.RAISE, stage="s0"),) if random.random() < 0.5 else ()
    return Scenario(kind=Kind.CHAOS, pipeline=chain(2), requests=requests(random, 2), faults=faults)
"""


def watched(value):
    if value:
        value += 1
    else:
        value -= 1
    return [one for one in range(value)]  # noqa: C416 - a comprehension has code of its own


FIRST = watched.__code__.co_firstlineno
HERE = "evidence/test_coverage.py"


def reached(*places, value=1):
    with LineRecorder(places) as recorder:
        watched(value)
    return recorder.reached


def test_the_branch_that_is_taken_is_reached_and_the_other_is_not():
    places = ((HERE, FIRST + 2, FIRST + 2), (HERE, FIRST + 4, FIRST + 4))
    assert reached(*places) == [0]
    assert reached(*places, value=0) == [1]


def test_lines_are_counted_each_time_and_for_every_place_that_holds_them():
    with LineRecorder([(HERE, FIRST, FIRST + 5), (HERE, FIRST + 2, FIRST + 2)]) as recorder:
        watched(1)
        watched(2)
    assert recorder.counts[1] == 2
    assert recorder.counts[0] > 6


def test_another_file_of_the_same_end_is_not_taken_for_it():
    assert reached(("st_coverage.py", 1, 999), (f"x/{HERE}", 1, 999)) == []


def test_nothing_is_traced_afterwards():
    with LineRecorder([(HERE, 1, 999)]):
        pass
    assert sys.gettrace() is None


def line_of(words):
    lines, first = inspect.getsourcelines(executor)
    numbers = [n for n, line in enumerate(lines, first or 1) if words in line]
    assert len(numbers) == 1
    return numbers[0]


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """Four schedules of the reference, with a place that every run reaches, and two that need."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "pipelines").mkdir()
    (folder / "pipelines" / "chaos.py").write_text(DRAWING)
    file = "production_testers/suts/reference/executor.py"
    every, failed, cancelled = (
        line_of(words)
        for words in (
            "done, _ = await asyncio.wait(tasks.values()",
            "raise StageFailedError(stage.name, message) from error",
            'raise PipelineCancelledError(stage.name, outcome.reason or "")',
        )
    )
    arguments = {
        "kind": "chaos",
        "seed": 3,
        "count": 4,
        "planned": 50,
        "places": [[file, line, line] for line in (every, failed, cancelled)],
    }
    with WorkerPool(Path(sys.executable), "reference", (folder,), size=1) as pool:
        first, second = pool.call(SAMPLE, arguments), pool.call(SAMPLE, arguments)
    assert first == second
    return first["samples"]


@pytest.mark.slow
def test_a_sample_says_what_each_schedule_reached(samples):
    assert [one["index"] for one in samples] == [0, 1, 2, 3]
    for one in samples:
        fails = "fault:raise" in one["features"]
        assert one["reached"] == ([0, 1] if fails else [0])
        assert "concurrent-runs" in one["features"]
    assert len({str(one["reached"]) for one in samples}) == 2


@pytest.mark.slow
def test_a_sample_says_what_the_laws_judged(samples):
    for one in samples:
        assert one["laws"]["dag/dependencies-first"][0] in {"holds", "unknown"}
        fails = "fault:raise" in one["features"]
        assert (one["laws"]["dag/failure-surfaces"][1] > 0) is fails
