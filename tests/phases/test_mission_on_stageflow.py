"""A real run on a release from the registry: its findings replay, and its folder travels."""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import replace
from pathlib import Path

import pytest

from production_testers.experiments import recipes
from production_testers.experiments.environments import Sut
from production_testers.model.scenario import Kind
from production_testers.phases import mission, ranging
from production_testers.phases.hypotheses import hypotheses
from production_testers.phases.research.hazard import HazardKind
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.validation import validate_root, validate_run
from production_testers.workspace.workspace import Workspace
from reports import official

ENTRY = "DAG-009"
PTEST = (sys.executable, "-m", "production_testers")
SCHEDULES = {Kind.BASELINE: 10, Kind.CHAOS: 75, Kind.ADVERSARIAL: 50}


def do(*command, cwd, **more):
    """Run a program; gives its exit code and everything it said."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **more,
    )
    return done.returncode, done.stdout


def git(folder, *arguments):
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.excludesFile=")
    code, said = do("git", *identity, *arguments, cwd=folder)
    assert code == 0, said


def replayed(finding_id, root, cwd):
    """What `ptest replay` says in a new process."""
    command = (*PTEST, "replay", finding_id, "--json", "--workspace", str(root))
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    assert done.stdout, done.stderr
    return {**json.loads(done.stdout), "code": done.returncode}


def follow_readme(run, cwd, clean):
    """Do what the run's README says, in a new environment at `clean`."""
    (lines,) = re.findall(r"```bash\n(.*?)```", run.readme.read_text(), re.DOTALL)
    assert len(lines.splitlines()) == 3
    venv.create(clean, with_pip=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    kept.update(PATH=f"{clean / 'bin'}{os.pathsep}{os.defpath}", VIRTUAL_ENV=str(clean))
    return do("bash", "-e", "-c", lines, cwd=cwd, env=kept)


def check_findings(run, findings):
    """Two defects at least, each through every gate and with a range, each with a fingerprint."""
    assert len(findings) >= 2
    assert {finding.evidence["state"] for finding in findings} == {"ranged"}
    assert {finding.status.value for finding in findings} == {"confirmed"}
    assert len({finding.fingerprint for finding in findings}) == len(findings)
    assert len({finding.id for finding in findings}) == len(findings)
    assert run.read_findings().findings == tuple(findings)
    ranges = {f.evidence["outcome_class"]: f.evidence["range"]["words"] for f in findings}
    assert ranges["after-failure"] == "Last good 0.7.0, first bad 0.8.0; still in 1.2.0."
    told = json.loads(run.sarif.read_text())
    assert official.problems(official.sarif(), told) == []
    keys = [one["partialFingerprints"] for one in told["runs"][0]["results"]]
    assert {key for one in keys for key in one.values()} >= {one.fingerprint for one in findings}
    report = run.final_report.read_text()
    for finding in findings:
        assert finding.evidence["range"]["words"].rstrip(".") in report
        assert (run.evidence_of(finding.id) / "range.json").is_file()
    assert "not ranged" not in report


def check_research(outcome):
    """Code that is the reason of a finding is confirmed; code on its way is not."""
    about_code = [one for one in hypotheses(outcome.context, tested=True) if one.hazard is not None]
    confirmed = [one for one in about_code if one.result.value == "confirmed"]
    laws = {finding.id: finding.evidence["law"] for finding in outcome.context.findings}
    assert [one.hazard.first.kind for one in confirmed] == [HazardKind.MISSING_CLEANUP]
    for one in confirmed:
        assert {laws[finding_id] for finding_id in one.finding_ids} == set(one.laws)
    shared = [one for one in about_code if one.hazard.first.kind is HazardKind.SHARED_STATE]
    assert shared
    for one in shared:
        assert "not the reason of DAG-009-BUG-001" in one.evidence


@pytest.mark.slow
@pytest.mark.registry
def test_findings_replay_and_the_folder_works_elsewhere(workspace, monkeypatch, tmp_path):
    small = replace(recipes.RECIPES[ENTRY], schedules=SCHEDULES, cost_sizes={})
    monkeypatch.setitem(recipes.RECIPES, ENTRY, small)
    monkeypatch.setattr(ranging, "SECONDS_MAX", 600.0)  # however busy the machine is
    options = mission.Options(sut=Sut.parse("stageflow-core==1.2.0"))
    entry = workspace.roadmap().entry(ENTRY)
    outcome = mission.start(workspace, entry, options, lambda _line: None)
    run, findings = outcome.context.run, outcome.context.findings
    check_findings(run, findings)
    check_research(outcome)

    for finding in findings:
        shown = replayed(finding.id, workspace.root, tmp_path)
        assert (shown["code"], shown["shows"], shown["same_history"]) == (1, True, True)

    # Commit and clone; the original is gone.
    git(workspace.root, "init", "-q")
    git(workspace.root, "add", "-A")
    git(workspace.root, "commit", "-q", "-m", "all")
    clone = tmp_path / "else where" / "clone"
    clone.parent.mkdir()
    git(tmp_path, "clone", "-q", str(workspace.root), str(clone))
    shutil.rmtree(workspace.root)
    moved = RunFolder(clone / run.path.relative_to(workspace.root))
    assert validate_run(moved) == ()
    assert validate_root(Workspace.at(clone)) == ()

    code, said = follow_readme(moved, clone, tmp_path / "venv")
    assert code == 1, said  # pytest's own code for failing tests: the findings
    failed, passed = (int(re.findall(rf"(\d+) {word}", said)[-1]) for word in ("failed", "passed"))
    assert passed > 10
    assert failed == sum(test.outcome == "failed" for test in outcome.record.tests)
    note = moved.readme.read_text().rpartition("```")[2]
    assert re.search(rf"\b{failed}\b", note)
    program = "import production_testers as p; print(p.__file__)"
    _, where = do(tmp_path / "venv/bin/python", "-c", program, cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(tmp_path / "venv")
