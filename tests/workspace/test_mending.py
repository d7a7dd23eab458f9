"""A folder made by hand is completed with drafts; what stands there stays, to the byte."""

import errno
import json
import os

import pytest

from production_testers.cli.app import call
from production_testers.workspace import atomic
from production_testers.workspace.documents import RunStatus
from production_testers.workspace.mending import Made, mend_root, mend_run
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.validation import validate_root, validate_run

UNKNOWN = ("python_version", "os", "cpu", "memory_gb")


@pytest.fixture
def by_hand(workspace):
    """Makes a run folder that holds the given files and nothing else."""

    def make(*files, address="FIN-001/run-2026-01-14-001") -> RunFolder:
        run = RunFolder(workspace.runs_folder / address)
        run.path.mkdir(parents=True)
        for name in files:
            path = run.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("by = 'hand'\n")
        return run

    return make


@pytest.fixture
def mend(workspace):
    def run(run):
        entries = {entry.id: entry for entry in workspace.roadmap().entries}
        return mend_run(run, entries.get(run.entry_id))

    return run


def tree(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def left(run):
    """Path and message of every problem, less that nobody knows the machine."""
    return [
        (problem.path, problem.message)
        for problem in validate_run(run)
        if problem.path != "config/environment.json"
    ]


def test_an_empty_folder_gets_what_every_run_must_have(by_hand, mend):
    run = by_hand()
    made = mend(run)
    assert {one.path for one in made if one.is_draft} == {
        *("README.md", "findings.json", "FINAL_REPORT.md"),
        *("config/run_config.json", "config/environment.json"),
        *(f"dx_evaluation/{name}" for name in ("scores.json", "friction_points.md")),
        "dx_evaluation/suggestions.md",
    }
    assert {one.path for one in made if not one.is_draft} == {"config/", "dx_evaluation/"}
    assert left(run) == []


def test_what_is_known_stands_there_and_nothing_else(by_hand, mend):
    run = by_hand()
    mend(run)
    config = json.loads(run.config.read_text())
    assert config["roadmap_entry_id"] == "FIN-001"
    assert (config["priority"], config["industry"]) == ("P0", "Finance")
    assert config["run_id"] == "run-2026-01-14-001"
    assert config["started_at"] == "2026-01-14T00:00:00Z"
    assert config["agent_model"] is config["stageflow_version"] is None
    assert set(config["test_parameters"].values()) == {None}
    assert "only the day is known" in run.readme.read_text()
    environment = json.loads(run.environment.read_text())
    assert {environment[name] for name in UNKNOWN} == {None}
    told = {problem.message.partition(":")[0] for problem in validate_run(run)}
    assert told == set(UNKNOWN)


def test_a_draft_says_so_and_is_no_end(by_hand, mend):
    run = by_hand()
    mend(run)
    document = run.read_findings()
    assert document.findings == ()
    assert document.metadata.status is RunStatus.IN_PROGRESS
    assert document.metadata.completed_at is None
    assert "not written yet" in run.final_report.read_text()
    for path in (run.readme, run.final_report, run.friction_points, run.findings):
        assert "Draft: " in path.read_text()


def test_folders_that_are_there_become_complete(by_hand, mend):
    run = by_hand("pipelines/baseline.py", "mocks/services/mock_db.py", "tests/conftest.py")
    made = {one.path: one.is_draft for one in mend(run)}
    assert made["pipelines/stages/"] is False
    assert made["pipelines/stages/__init__.py"] is False
    assert made["tests/test_security.py"] is True
    assert (run.tests / "__init__.py").read_text() == ""
    assert (run.pipelines / "chaos.py").read_text() == '"""Draft: not written yet."""\n'
    assert (run.pipelines / "baseline.py").read_text() == "by = 'hand'\n"
    assert not run.research.exists()
    assert left(run) == []


def test_a_measurement_is_never_made_up(by_hand, mend):
    run = by_hand("results/metrics/notes.md")
    assert not [one for one in mend(run) if one.path.startswith("results/")]
    assert {path for path, _ in left(run)} == {
        f"results/metrics/{name}.json" for name in ("latency", "throughput", "resource_usage")
    }


def test_what_stands_there_stays_and_the_second_time_makes_nothing(by_hand, mend):
    run = by_hand("README.md", "findings.json", "pipelines/chaos.py", "NOTES.md")
    before = tree(run.path)
    assert mend(run)
    after = tree(run.path)
    assert {path: after[path] for path in before} == before
    assert mend(run) == ()
    assert tree(run.path) == after


@pytest.mark.parametrize(
    "name", ["README.md", "findings.json", "config/run_config.json", "FINAL_REPORT.md"]
)
def test_a_lost_file_comes_back_in_agreement_with_the_others(draft, mend, name):
    run = draft()
    (run.path / name).unlink()
    assert mend(run) == (Made(path=name, is_draft=True),)
    assert validate_run(run) == ()
    assert run.read_findings().metadata.started_at == "2026-01-14T09:00:00Z"
    assert "Started**: 2026-01-14T09:00:00Z" in run.readme.read_text()


def test_a_draft_in_a_completed_run_is_left_to_a_person(complete, mend):
    run = complete()
    run.final_report.unlink()
    (run.research / "hypotheses.md").unlink()
    mend(run)
    assert left(run) == [
        (path, "the run is completed, but this is still a draft")
        for path in ("FINAL_REPORT.md", "research/hypotheses.md")
    ]


def test_lost_findings_are_not_completed_with_none(complete, mend):
    run = complete()
    run.findings.unlink()
    mend(run)
    assert run.read_findings().metadata.status is RunStatus.IN_PROGRESS
    assert ("README.md", "Status is 'completed', elsewhere 'in_progress'") in left(run)


def test_what_is_in_the_way_is_left_to_a_person(by_hand, mend):
    run = by_hand("config", "Findings.json")
    run.final_report.symlink_to("nowhere.md")
    run.readme.mkdir()
    paths = {one.path for one in mend(run)}
    assert not paths & {"config/", "config/run_config.json", "findings.json"}
    assert not paths & {"FINAL_REPORT.md", "README.md"}
    assert run.final_report.is_symlink()
    assert ("Findings.json", "must be findings.json") in left(run)
    assert ("README.md", "is missing") in left(run)


def test_an_entry_that_the_roadmap_does_not_have_leaves_gaps_to_a_person(by_hand, mend):
    run = by_hand(address="NEW-001/run-2026-01-14-001")
    mend(run)
    assert run.read_findings().metadata.roadmap_entry_title == ""
    told = {message.partition(":")[0] for path, message in left(run) if "config" in path}
    assert told == {"roadmap_entry_title", "priority", "risk_class"}


def test_a_folder_with_a_broken_journal_is_left_to_a_person(by_hand, mend):
    run = by_hand("results/events.jsonl")
    assert mend(run) == ()


def failing(code):
    def fail(*_arguments, **_more):
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize(
    ("code", "exit_code"), [(errno.EACCES, 64), (errno.EROFS, 64), (errno.ENOSPC, 70)]
)
def test_a_place_that_cannot_be_written_is_one_error_and_nothing_is_half_made(
    by_hand, workspace, monkeypatch, capsys, code, exit_code
):
    run = by_hand()
    monkeypatch.setattr(atomic, "_replace", failing(code))
    arguments = ["validate", "--fix", run.address, "--workspace", str(workspace.root)]
    assert call(arguments) == exit_code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert f"Cannot write {run.path}" in err
    assert os.strerror(code) in err
    assert tree(run.path) == {}


def test_the_root_gets_back_what_it_lacks(workspace):
    for name in ("AGENT_SYSTEM_PROMPT.md", "aggregated_findings.json"):
        (workspace.root / name).unlink()
    for path in sorted((workspace.root / "templates/mock_data").rglob("*"), reverse=True):
        path.unlink()
    (workspace.root / "templates/mock_data").rmdir()
    gone = workspace.templates / "pipeline_templates" / "DAG-009" / "chaos.py"
    gone.unlink()
    assert {one.path for one in mend_root(workspace)} == {
        *("AGENT_SYSTEM_PROMPT.md", "aggregated_findings.json", "templates/mock_data/README.md")
    }
    assert validate_root(workspace) == ()
    assert not gone.exists()  # somebody took it away, and nothing asks for it
    assert mend_root(workspace) == ()


def test_an_aggregate_of_broken_findings_is_left_to_a_person(workspace, by_hand):
    workspace.aggregate_file.unlink()
    by_hand("findings.json")
    assert mend_root(workspace) == ()
    assert [problem.path for problem in validate_root(workspace)] == ["aggregated_findings.json"]


def test_the_command_says_what_it_made_and_what_is_left(by_hand, workspace, capsys):
    run = by_hand("results/metrics/latency.json")
    arguments = ["validate", "--fix", run.address, "--workspace", str(workspace.root)]
    assert call(arguments) == 1
    lines = capsys.readouterr().out.splitlines()
    assert f"{run.address}: made: README.md (draft)" in lines
    assert f"{run.address}: made: config/" in lines
    lost = "results/metrics/throughput.json: is missing [required]"
    assert f"{run.address}: not mended: error: {lost}" in lines


def test_the_json_of_the_command_lists_both(by_hand, workspace, capsys):
    run = by_hand()
    arguments = ["validate", "--json", "--workspace", str(workspace.root)]
    assert call(arguments) == 1
    assert "made" not in json.loads(capsys.readouterr().out)
    assert call([*arguments, "--fix"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert {"run": run.address, "path": "README.md", "draft": True} in said["made"]
    assert {problem["path"] for problem in said["problems"]} == {"config/environment.json"}
    assert call([*arguments, "--fix"]) == 1
    assert json.loads(capsys.readouterr().out)["made"] == []
