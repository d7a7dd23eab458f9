"""Evidence that is a load passes the same gates, measured anew at each; the pairs are made up."""

import sys
from pathlib import Path

import pytest

from production_testers.evidence import loads, replay, verifying
from production_testers.evidence.defect import Defect
from production_testers.evidence.pipeline import Gates
from production_testers.evidence.ranges import Answer
from production_testers.evidence.ranging import Question, ask
from production_testers.evidence.repro.script import Claim, NoScriptError, write_script
from production_testers.evidence.words import exhibit_in_words
from production_testers.experiments.environments import Fresh, Sut
from production_testers.experiments.worker import Worker, WorkerDiedError
from production_testers.load.arrivals import constant
from production_testers.model.errors import UsageError
from production_testers.phases.smaller import make_smaller

PYTHON = Path(sys.executable)
LOAD = {
    "scenario": {"shape": "chain", "size": 5},
    "work": {"trivial": True},
    "shape": None,
    "concurrency": 20,
    "think_s": 0.0,
    "workers": 2,
    "duration_s": 0.5,
    "timeout_s": None,
    "targets": {"p50_ms": 50.0},
}
MISSED, MET = [[90.0, 10.0]], [[20.0, 10.0]]
SILENT = [*MISSED, *MET]
"""Pairs that are repeated: half of them show it."""


@pytest.fixture(scope="module")
def worker():
    with Worker(PYTHON, "reference") as made:
        yield made


@pytest.fixture
def measured(monkeypatch):
    """Measurements show these pairs, one after the other, and the last one for ever."""

    def show(*each):
        left = list(each)

        def made(workers, load):
            pair = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(pair, Exception):
                raise pair
            target = load["targets"]["p50_ms"]
            one = {
                "name": "p50_ms",
                "pairs": pair * (14 // len(pair)),
                "operations": 500,
                "limit": target,
            }
            return loads.Measurement(figures=(one,), verdicts=loads.judged(workers, [one]))

        monkeypatch.setattr(loads, "measured", made)

    return show


@pytest.fixture
def defect(worker, measured):
    measured(MISSED)
    (found,) = loads.defects_of(worker, LOAD, loads.measured(worker, LOAD))
    return found


def gates():
    return Gates(PYTHON, PYTHON, "reference", None)


def test_a_load_that_shows_it_every_time_becomes_a_finding(defect, measured):
    measured(MISSED)
    (shown,) = gates().pass_through([defect])
    states = [step.state for step in shown.defect.steps]
    assert states == ["proposed", "minimised", "reproduced", "attributed", "verified"]
    assert shown.defect.state == "verified"
    assert Defect.from_json(shown.defect.as_json()).exhibit == {"load": LOAD}


@pytest.mark.parametrize(
    ("pairs", "gate"),
    [
        ([MET], "reproduced"),
        ([SILENT], "reproduced"),
        ([WorkerDiedError("gone")], "reproduced"),
        ([MISSED, SILENT], "verified"),
    ],
)
def test_one_measurement_that_does_not_show_it_is_enough_to_turn_it_down(
    defect, measured, pairs, gate
):
    measured(*pairs)
    (shown,) = gates().pass_through([defect])
    assert shown.defect.failed_gate.state == gate


@pytest.mark.parametrize(
    ("pair", "code", "words"),
    [
        (MISSED, 1, "the target is 50"),
        (MET, 0, "the target is met"),
        (SILENT, 2, "the pairs decide nothing"),
        (WorkerDiedError("it died"), 2, "it died"),
    ],
)
def test_a_replay_measures_again(worker, defect, measured, pair, code, words):
    measured(pair)
    shown = replay.replay(worker, defect)
    assert shown.exit_code == code
    assert words in shown.detail


@pytest.mark.parametrize(("pair", "verified"), [(MISSED, True), (MET, False), (SILENT, None)])
def test_it_is_verified_by_one_measurement(defect, measured, monkeypatch, tmp_path, pair, verified):
    monkeypatch.setattr(verifying, "install_fresh", lambda *_: Fresh(python=PYTHON))
    measured(pair)
    seen = verifying.verify(defect, Sut(name="reference"), {}, (), tmp_path)
    assert seen.verified is verified
    assert "measured in pairs in a fresh environment" in seen.words


@pytest.mark.parametrize(
    ("pair", "answer"),
    [(MISSED, Answer.BROKEN), (MET, Answer.HOLDS), (SILENT, Answer.UNKNOWN)],
)
def test_another_release_is_asked_the_same(worker, defect, measured, pair, answer):
    measured(pair)
    assert ask(worker, "1.0", Question.of(defect)).answer is answer


def test_the_fingerprint_says_nothing_of_targets_and_figures(worker, measured, defect):
    measured([[900.0, 10.0]])
    other = {**LOAD, "targets": {"p50_ms": 70.0}, "concurrency": 3}
    (found,) = loads.defects_of(worker, other, loads.measured(worker, other))
    assert found.fingerprint == defect.fingerprint


def test_two_releases_are_compared_again_in_the_one_figure_that_showed_it(worker):
    asked = {**LOAD, "beside": "stageflow-core==0.9.0"}
    pairs = [[200.0, 100.0]] * 14
    one = {"name": "cpu_us", "pairs": pairs, "operations": 50, "limit": None}
    found = loads.Measurement(figures=(one, {**one, "name": "p99_ms"}), verdicts={})
    (slower,) = loads.defects_of(worker, asked, found)
    assert slower.outcome_class == "costs-more"
    assert slower.exhibit == {"load": {**asked, "figures": ["cpu_us"]}}


def test_it_is_told_in_words(defect):
    first, second, third = exhibit_in_words(defect.exhibit)
    assert first.startswith("Executions of a chain of 5 stages, which do nothing: 20 callers")
    assert "(the share of one of 2 processes), 0.5 s a turn" in first
    assert second == "14 pairs, in turns, beside the reference executor in the same process."
    assert third == "Target: p50_ms=50."


def test_a_load_has_no_script_and_is_not_made_smaller(defect):
    with pytest.raises(NoScriptError, match="beside its control"):
        write_script(defect, "", Claim(title="t", source="", sut="reference"))

    class Kept:
        class finding:  # noqa: N801 - as `KeptFinding` has it
            id = "X-PERF-001"

    with pytest.raises(UsageError, match="is about a load"):
        make_smaller(Kept(), defect, 10)


def test_one_real_turn_of_each_side_gives_its_figures(worker):
    load = {**LOAD, "duration_s": 1.0, "concurrency": 4}
    for control in (False, True):
        told = worker.call(loads.ONE, {"load": load, "control": control})
        assert told["operations"] > 0
        assert told["p50_ms"] > 0 <= told["waited_share"] <= 1


def test_an_open_loop_is_made_in_turns_too(worker):
    load = {**LOAD, "duration_s": 1.0, "shape": constant(200).as_json()}
    told = worker.call(loads.ONE, {"load": load, "control": False})
    assert 0 < told["operations"] <= 200 / 2 + 1  # the share of one of two processes
    assert "arrivals at 200 a second" in loads.in_words(load)[0]
