"""A law that fails itself is an error of ours: whoever looks at the run is told, and so is a test.

It must not pass for a law that had nothing to judge.
"""

import json
from collections import Counter
from dataclasses import replace

import pytest

from production_testers.cli.app import call
from production_testers.experiments import recipes
from production_testers.experiments.exploration import KindReport
from production_testers.experiments.jobs import explore
from production_testers.experiments.judging import judge
from production_testers.laws import LAWS
from production_testers.laws.law import Judgement
from production_testers.model.history import History
from production_testers.model.observation import Observation
from production_testers.model.scenario import Kind
from production_testers.model.verdict import State
from production_testers.phases.matrix import lay_out
from production_testers.reports.facts import FAILED_ITSELF, LawFacts
from production_testers.suts.reference import ReferenceAdapter

LAW = "retry/attempts"
ENTRY = "WORK-004"
TOLD = "ZeroDivisionError"


def has_no_words(_observation):
    """Finds a break, and cannot say which."""
    judgement = Judgement()
    judgement.judge(bool(judgement.exercised), "gives-up-early", lambda: f"{1 / 0}")
    return judgement.verdict()


@pytest.fixture
def without_words(monkeypatch):
    monkeypatch.setitem(LAWS, LAW, replace(LAWS[LAW], check=has_no_words))


def test_its_verdict_says_that_it_failed_and_where(without_words):
    nothing = Observation(scenario=None, sut=None, history=History(events=()))
    verdict = judge(nothing, [LAWS[LAW]])[LAW]

    assert (verdict.state, verdict.crashed) == (State.UNKNOWN, True)
    assert TOLD in verdict.summary
    assert "test_a_law_that_fails_itself.py:" in verdict.summary
    assert verdict.as_json()["crashed"] is True


def test_exploring_counts_it_apart_from_laws_that_had_nothing_to_judge(
    without_words, tmp_path, monkeypatch
):
    monkeypatch.syspath_prepend(lay_out(tmp_path, ENTRY))
    arguments = {"kind": "chaos", "seed": 0, "start": 1, "count": 3}

    told = explore(ReferenceAdapter(), arguments, lambda _event: None)
    report = KindReport(kind=Kind.CHAOS, planned=3)
    report.add(told)

    assert told["judged"][LAW] == {"crashed": 3}
    assert report.crashes[LAW].startswith(f"schedule 1: {TOLD}")
    assert report.as_json()["crashes"] == report.crashes


def test_nothing_says_that_it_held():
    report = KindReport(kind=Kind.CHAOS, planned=2)
    report.judged[LAW] = Counter(holds=1, crashed=1)
    facts = LawFacts(
        id=LAW, statement="", category="", broken_in=(), findings=(),
        broken=0, explained=0, exercised=9, schedules=9, crashed=1,
    )  # fmt: skip

    assert report.state_of(LAW) == "unknown"
    assert facts.state == FAILED_ITSELF


@pytest.mark.slow
def test_a_run_says_so_and_is_inconclusive(quick, workspace, monkeypatch, capsys):
    small = replace(recipes.RECIPES[ENTRY], schedules={Kind.CHAOS: 8}, cost_sizes={}, requires=())
    monkeypatch.setitem(recipes.RECIPES, ENTRY, small)
    monkeypatch.chdir(workspace.root)
    assert call(["new", ENTRY, "--sut", "reference"]) == 0
    made = workspace.runs()[-1]
    units = made.path / "pipelines" / "units.py"
    units.write_text(units.read_text() + PLANT)
    capsys.readouterr()

    code = call(["run", ENTRY, "--in", made.address, "--json"])
    out, err = capsys.readouterr()
    run = json.loads(out)

    assert code == run["exit_code"] == 2
    assert f"error of production-testers: {LAW} failed itself (chaos, schedule" in err
    report = made.final_report.read_text()
    assert f"{LAW} failed itself, an error of production-testers" in report
    assert f"`{LAW}`" in report


PLANT = f"""

from dataclasses import replace

from production_testers.laws import LAWS


def fails(_observation):
    return 1 / 0


LAWS["{LAW}"] = replace(LAWS["{LAW}"], check=fails)
"""
