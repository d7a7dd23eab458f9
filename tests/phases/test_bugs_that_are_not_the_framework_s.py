"""A bug in a mock, in a law, in a user's stage: whole runs in which none becomes a finding."""

import json
from dataclasses import replace

import pytest

from production_testers.cli.app import call
from production_testers.experiments import recipes
from production_testers.model.scenario import Kind
from production_testers.phases import ranging
from production_testers.workspace.validation import validate_run

pytestmark = pytest.mark.slow

ENTRY = "CORE-010"
STAGES, MOCK = "pipelines/stages/custom_stages.py", "mocks/services/mock_llm.py"

OWN = {"profile": "look_up", "answer": "ask_llm"}
"""Stages of the entry's pipeline for which the user writes functions."""

# The user's stage hands out what other runs were asked, tenants' secrets and all.
USER = """

ASKED = []

async def look_up(port: Port):
    ASKED.append(dict(port.input))
    await port.work(1)
    return {"from": port.stage, "found": list(ASKED)}
"""
# The mock says that it is stateless, and refuses whoever comes second.
SERVICE = """

class Refuses:
    name = "llm"
    stateless = True

    def __init__(self):
        self.calls = 0

    def handle(self, operation, payload, random):
        self.calls += 1
        if self.calls > 1:
            raise RuntimeError("the mock is broken")
        whole = {"message": {"content": "one"}, "finish_reason": "stop"}
        return {"choices": [whole]}

def service(seed):
    return Refuses()
"""
# The law finds fault with everything; it is changed where it judges, in the worker.
JUDGE = """

from dataclasses import replace

from production_testers.laws import LAWS
from production_testers.model.verdict import State, Verdict

def wrong(_observation):
    return Verdict(state=State.BROKEN, outcome_class="stage-ran-twice", summary="!", exercised=1)

LAWS["dag/runs-once"] = replace(LAWS["dag/runs-once"], check=wrong)
"""
SCHEDULES = {Kind.BASELINE: 8, Kind.CHAOS: 12}
PLANTS = {
    "user": (STAGES, USER, ("isolation/tenants", "canary-leaked")),
    "mock": (MOCK, SERVICE, ("isolation/concurrent-runs", None)),
    "law": (STAGES, JUDGE, ("dag/runs-once", "stage-ran-twice")),
}
"""Where, what, and which law takes it for a break, in which way."""


@pytest.fixture
def planted_run(quick, workspace, monkeypatch, capsys):
    """What `ptest run --in` says of a run whose files hold bugs, and the run."""
    small = replace(recipes.RECIPES[ENTRY], schedules=SCHEDULES, cost_sizes={})
    monkeypatch.setitem(recipes.RECIPES, ENTRY, small)
    monkeypatch.chdir(workspace.root)

    def run(sut, *names):
        assert call(["new", ENTRY, "--sut", sut]) == 0
        made = workspace.runs()[-1]
        pipeline = made.path / "pipelines" / "baseline.py"
        text = pipeline.read_text()
        for stage, function in OWN.items():
            assert f'name="{stage}", function=CARRY' in text
            text = text.replace(
                f'name="{stage}", function=CARRY',
                f'name="{stage}", function="pipelines.stages.custom_stages:{function}"',
            )
        pipeline.write_text(text)
        for name in names:
            where, what, _ = PLANTS[name]
            path = made.path / where
            path.write_text(path.read_text() + what)
        capsys.readouterr()
        code = call(["run", ENTRY, "--in", made.address, "--json"])
        return code, json.loads(capsys.readouterr().out), made

    return run


def broken_in(run):
    """Laws that the exploration saw broken, before any gate."""
    explored = json.loads((run.results / "exploration.json").read_text())
    told = [pair for kind in explored.values() for pair in kind["laws"].items()]
    return {law for law, counts in told if counts.get("broken")}


def turned_down(run):
    """(law, way) → the gates at which its candidates ended."""
    found: dict = {}
    for one in json.loads((run.evidence / "rejected.json").read_text())["rejected"]:
        gate = next(step["state"] for step in one["steps"] if not step["passed"])
        found.setdefault((one["law"], one["outcome_class"]), set()).add(gate)
    return found


def test_on_a_framework_that_is_right_nothing_is_found(planted_run):
    """With the mock alone: the others' laws would explain what it breaks."""
    code, said, run = planted_run("reference", "mock")
    law, way = PLANTS["mock"][2]
    assert law in broken_in(run)
    assert said["findings"] == []
    assert code in (0, 2)
    rejected = turned_down(run)
    gates = [gates for (of, so), gates in rejected.items() if of == law and way in (None, so)]
    assert gates
    assert set.union(*gates) <= {"reproduced", "attributed"}
    report = run.final_report.read_text()
    assert "rejected by the gates" in report
    assert validate_run(run) == ()


@pytest.mark.registry
def test_on_a_real_release_only_its_own_defects_are_found(planted_run, monkeypatch):
    monkeypatch.setattr(ranging, "FINDINGS_MAX", 0)
    _, said, run = planted_run("stageflow-core==1.2.0", *PLANTS)
    ours = {PLANTS[name][2] for name in PLANTS}
    assert {"isolation/tenants", "dag/runs-once"} <= broken_in(run)
    assert said["findings"]  # those of the release
    for finding in run.read_findings().findings:
        folder = run.evidence_of(finding.id)
        assert (finding.evidence["law"], finding.evidence["outcome_class"]) not in ours
        assert "the mock is broken" not in (folder / "history.jsonl").read_text()
    rejected = turned_down(run)
    for name in ("user", "law"):
        assert rejected[PLANTS[name][2]] <= {"reproduced", "attributed"}
