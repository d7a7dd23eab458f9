import json
from importlib import resources

import pytest

from production_testers.model.errors import UsageError
from production_testers.workspace.documents import findings_schema, load_aggregate
from production_testers.workspace.layout import PLACES_OF_ROOT
from production_testers.workspace.scaffold import write_root
from production_testers.workspace.validation import validate_root
from production_testers.workspace.workspace import Workspace


def files(root):
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_a_new_workspace_holds_every_place_of_the_root(workspace):
    for place in PLACES_OF_ROOT:
        path = workspace.root / place.path
        assert path.is_dir() if place.is_folder else path.is_file(), place.path


def test_a_new_workspace_has_no_problems(workspace):
    assert validate_root(workspace) == ()


def test_the_folder_structure_is_the_users_text_byte_for_byte(workspace):
    package = resources.files("production_testers.workspace") / "root" / "FOLDER_STRUCTURE.md"
    text = (workspace.root / "FOLDER_STRUCTURE.md").read_bytes()
    assert text == package.read_bytes()
    assert text.startswith(b"# Stageflow Stress-Testing Folder Structure\n")


def test_the_reporting_schema_carries_the_schema_that_is_enforced(workspace):
    text = (workspace.root / "REPORTING_SCHEMA.md").read_text()
    (block,) = (part.split("```")[0] for part in text.split("```json\n")[1:])
    assert json.loads(block) == findings_schema()


def test_the_prompt_names_every_mission_parameter(workspace):
    text = workspace.agent_prompt.read_text()
    for name in (
        "ENTRY_ID", "ENTRY_TITLE", "PRIORITY", "RISK_CLASS", "INDUSTRY", "DEPLOYMENT_MODE",
    ):  # fmt: skip
        assert f"{{{{ {name} }}}}" in text


def test_the_aggregate_of_a_new_workspace_is_valid_and_empty(workspace):
    aggregate = load_aggregate(workspace.aggregate_file)
    assert (aggregate.total_runs, aggregate.total_findings, aggregate.findings) == (0, 0, ())
    assert set(aggregate.by_severity) == {"critical", "high", "medium", "low", "info"}


@pytest.mark.slow
def test_creating_it_again_changes_nothing(workspace):
    before = {name: (workspace.root / name).read_bytes() for name in files(workspace.root)}
    Workspace.create(workspace.root)
    assert {name: (workspace.root / name).read_bytes() for name in files(workspace.root)} == before


@pytest.mark.slow
def test_creating_it_again_keeps_edits_and_adds_what_is_missing(workspace):
    workspace.roadmap_file.write_text("mine")
    workspace.agent_prompt.unlink()
    workspace.aggregate_file.unlink()
    assert write_root(workspace.root) == (workspace.agent_prompt,)
    Workspace.create(workspace.root)
    assert workspace.roadmap_file.read_text() == "mine"
    assert load_aggregate(workspace.aggregate_file).total_runs == 0


@pytest.mark.slow
def test_a_folder_of_the_users_becomes_a_workspace_and_keeps_his_files(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    workspace = Workspace.create(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert workspace.root == tmp_path


def test_a_path_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="is a file"):
        Workspace.create(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_workspace_is_found_from_anywhere_within(workspace):
    run = workspace.runs_folder / "CORE-001" / "run-2026-01-14-001" / "results"
    run.mkdir(parents=True)
    for start in (run, workspace.root, workspace.root.parent):
        assert Workspace.find(start) == workspace


@pytest.mark.slow
def test_the_nearest_workspace_is_the_one_that_is_found(workspace):
    inner = Workspace.create(workspace.root / "sub" / "production-testers")
    assert Workspace.find(workspace.root / "sub") == inner


def test_where_there_is_no_workspace_the_user_is_told_how_to_make_one(tmp_path):
    for find in (Workspace.find, Workspace.at):
        with pytest.raises(UsageError, match=r"is not a workspace; run `ptest init`\."):
            find(tmp_path)


def test_a_stated_place_is_not_looked_for_further_up(workspace):
    assert Workspace.at(workspace.root.parent) == workspace
    with pytest.raises(UsageError, match="is not a workspace"):
        Workspace.at(workspace.runs_folder)


def test_a_roadmap_that_is_no_text_is_a_clear_error(workspace):
    workspace.roadmap_file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="no UTF-8"):
        workspace.roadmap()


def test_what_is_wrong_at_the_root_is_told(workspace):
    (workspace.root / "REPORTING_SCHEMA.md").unlink()
    workspace.aggregate_file.write_text("{}")
    workspace.roadmap_file.write_text("| ID | Target |\n|-|-|\n")
    (workspace.runs_folder / "CORE-001" / "notes").mkdir(parents=True)
    (workspace.runs_folder / "misc").mkdir()
    told = [(p.severity.value, p.path) for p in validate_root(workspace)]
    assert told[-2:] == [("warning", "runs/CORE-001/notes"), ("warning", "runs/misc/")]
    assert ("error", "REPORTING_SCHEMA.md") in told
    assert ("error", "aggregated_findings.json") in told
