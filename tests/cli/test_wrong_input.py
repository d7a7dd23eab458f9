"""Wrong input gets one clear line: what, the value seen, what to do. Exit code 64, or 77."""

import errno
import json
import os
from pathlib import Path

import pytest

from production_testers.workspace.documents import RunStatus
from production_testers.workspace.workspace import Workspace

BROKEN = {"metadata": {"status": 3}, "findings": [{"id": 1}]}


def tree(root):
    """Every file with its content; whoever changes nothing leaves this equal."""
    return {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    "command",
    [
        ("run", "CORE-1", "--sut", "reference"),
        ("new", "CORE-1", "--sut", "reference"),
        ("roadmap", "show", "CORE-1"),
    ],
)
def test_an_unknown_entry_names_the_nearest_one(ptest, workspace, command):
    before = tree(workspace.root)
    said = ptest(*command)
    assert said.code == 64
    assert "'CORE-1'" in said.line
    assert "Did you mean CORE-001?" in said.line
    assert said.out == ""
    assert tree(workspace.root) == before


def test_a_malformed_row_of_the_roadmap_is_told_with_its_line(ptest, workspace):
    lines = workspace.roadmap_file.read_text().splitlines(keepends=True)
    number = next(i for i, line in enumerate(lines) if line.startswith("| CORE-002"))
    lines[number] = "| CORE-002 | only two cells |\n"
    workspace.roadmap_file.write_text("".join(lines))
    said = ptest("roadmap", "list")
    assert said.code == 64
    assert f"ROADMAP.md:{number + 1}:" in said.line
    assert "'only two cells'" in said.line


@pytest.mark.parametrize(
    "command",
    [
        ("run", "CORE-001"),
        ("new", "CORE-001"),
        ("resume", "CORE-001/run-2026-01-14-001"),
        ("validate",),
        ("aggregate",),
        ("archive",),
        ("restore", "CORE-001/run-2026-01-14-001"),
        ("roadmap", "list"),
        ("findings", "list"),
        ("runs", "list"),
        ("replay", "CORE-001-BUG-001"),
    ],
)
@pytest.mark.parametrize("where", ["current", "stated"])
def test_a_folder_that_is_no_workspace_is_named_with_the_way_to_make_one(
    ptest, tmp_path, monkeypatch, command, where
):
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    # the folder above the test's own holds a workspace, so the search must not reach it
    monkeypatch.setattr(Path, "parents", property(lambda _self: ()))
    said = ptest(*command, *(["--workspace", empty] if where == "stated" else []))
    assert said.code == 64
    assert str(empty) in said.line
    assert "`ptest init`" in said.line


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--seed", "five", ("'five'", "--seed")),
        ("--seed", "1.5", ("'1.5'", "--seed")),
        ("--kinds", "baseline,chaso", ("'chaso'", "chaos")),
        ("--slo", "p98_ms=1", ("'p98_ms=1'", "p99_ms")),
        ("--slo", "p99_ms", ("'p99_ms'", "positive")),
        ("--slo", "p99_ms=fast", ("'fast'", "positive")),
        ("--slo", "p99_ms=0", ("'0'", "positive")),
        ("--fail-on", "severe", ("'severe'", "critical, high")),
        ("--budget", "0", ("0", "more than 0")),
        ("--budget", "nan", ("nan", "more than 0")),
        ("--budget", "inf", ("inf", "finite")),
        ("--budget", "soon", ('"soon"', "--budget")),
        ("--sut", "stageflow", ("'stageflow'", "stageflow-core")),
        ("--sut", "stageflow-core==latest", ("'latest'", "1.2.0")),
        ("--sut", "stageflow-core@/no/such/place", ("/no/such/place", "no such file")),
        ("--in", "run-1999-01-01-001", ("'run-1999-01-01-001'", "ptest runs list")),
    ],
)
def test_a_bad_value_is_named_with_what_to_do(ptest, workspace, option, value, expected):
    before = tree(workspace.root)
    said = ptest("run", "CORE-001", option, value)
    assert said.code == 64
    assert all(word in said.line for word in (option, *expected) if word != "--in")
    assert said.out == ""
    assert tree(workspace.root) == before


def test_a_run_of_another_entry_is_not_executed_again(ptest, draft):
    run = draft()
    said = ptest("run", "CORE-002", "--in", run.address)
    assert said.code == 64
    assert "a run of CORE-001, not of CORE-002" in said.line


def test_a_completed_run_is_not_resumed(ptest, draft):
    run = draft()
    document = run.read_findings()
    metadata = document.metadata.model_copy(update={"status": RunStatus.COMPLETED})
    run.write_findings(document.model_copy(update={"metadata": metadata}))
    said = ptest("resume", run.address)
    assert said.code == 64
    assert f"ptest run CORE-001 --in {run.address}" in said.line


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("rum", "CORE-001"), "rum"),
        (("run", "CORE-001", "--sed", "3"), "--sed"),
        (("run",), "entry"),
        (("roadmap", "shew"), "shew"),
        (("init", "a", "b"), "b"),
    ],
)
def test_what_nobody_knows_is_refused_in_one_line(ptest, command, expected):
    said = ptest(*command)
    assert said.code == 64
    assert expected in said.line
    assert "ptest --help" in said.line


@pytest.mark.parametrize(
    "command",
    [
        ("aggregate",),
        ("findings", "list"),
        ("findings", "show", "CORE-001-BUG-001"),
        ("runs", "list"),
        ("run", "DAG-009", "--sut", "reference"),
        ("new", "DAG-009", "--sut", "reference"),
        ("resume", "CORE-001/run-2026-01-14-001"),
    ],
)
def test_broken_findings_are_told_in_full_and_nothing_changes(ptest, workspace, draft, command):
    run = draft()
    run.findings.write_text(json.dumps(BROKEN))
    before = tree(workspace.root)
    said = ptest(*command)
    assert said.code == 64
    assert str(run.findings) in said.line
    for place in ("metadata.roadmap_entry_id", "metadata.status", "findings[0].id", "saw 3"):
        assert place in said.line
    assert said.out == ""
    assert tree(workspace.root) == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [("{", "JSONDecodeError"), ("[1]", "list"), ('{"format": "old"}', "'old'")],
)
def test_what_is_no_evidence_is_not_replayed(ptest, tmp_path, text, expected):
    file = tmp_path / "evidence.json"
    file.write_text(text)
    for path in (file, tmp_path):
        said = ptest("replay", path)
        assert said.code == 64
        assert str(file) in said.line
        assert expected in said.line


def test_evidence_without_the_stages_that_it_uses_is_not_replayed(ptest, tmp_path, evidence):
    path = tmp_path / "evidence.json"
    path.write_text(json.dumps(evidence(function="pipelines.stages.custom_stages:look_up")))
    said = ptest("replay", path)
    assert said.code == 64
    assert "uses stages of its run's pipelines/" in said.line


def test_a_folder_without_evidence_is_not_replayed(ptest, tmp_path):
    said = ptest("replay", tmp_path)
    assert said.code == 64
    assert "evidence.json" in said.line


@pytest.mark.parametrize(
    "command",
    [
        ("replay", "CORE-001-BUG-099"),
        ("findings", "show", "CORE-001-BUG-099"),
    ],
)
def test_an_unknown_finding_is_named(ptest, command):
    said = ptest(*command)
    assert said.code == 64
    assert "'CORE-001-BUG-099'" in said.line
    assert "ptest findings list" in said.line


@pytest.mark.parametrize("command", [("validate",), ("resume",)])
def test_an_unknown_run_is_named(ptest, command):
    said = ptest(*command, "CORE-001/run-1999-01-01-001")
    assert said.code == 64
    assert "CORE-001/run-1999-01-01-001" in said.line


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("request",), "requests"),
        (("requests", "--variant", "odd"), "boundary"),
        (("requests", "--size", "many"), "10k"),
        (("requests", "--format", "csv"), "jsonl"),
    ],
)
def test_data_that_nobody_can_make_is_refused(ptest, workspace, arguments, expected):
    before = tree(workspace.root)
    said = ptest("data", *arguments)
    assert said.code == 64
    assert expected in said.line
    assert tree(workspace.root) == before


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
@pytest.mark.parametrize(
    "command",
    [("run", "CORE-001", "--sut", "reference"), ("aggregate",), ("data", "requests")],
)
def test_a_place_that_cannot_be_written_to_is_named(ptest, monkeypatch, workspace, code, command):
    real_open, real_mkdir = os.open, Path.mkdir

    def is_inside(path):
        return Path(path).absolute().is_relative_to(workspace.root)

    def no_open(path, flags, *rest, **more):
        if flags & (os.O_WRONLY | os.O_RDWR) and is_inside(path):
            raise OSError(code, os.strerror(code), str(path))
        return real_open(path, flags, *rest, **more)

    def no_mkdir(path, *rest, **more):
        if not path.exists() and is_inside(path):
            raise OSError(code, os.strerror(code), str(path))
        return real_mkdir(path, *rest, **more)

    before = tree(workspace.root)
    monkeypatch.setattr(os, "open", no_open)
    monkeypatch.setattr(Path, "mkdir", no_mkdir)
    said = ptest(*command)
    assert said.code == 64
    last = said.err.splitlines()[-1]
    assert last.startswith("ptest: Cannot write ")
    assert "Make the folder writable" in last
    assert "Traceback" not in said.err
    assert tree(workspace.root) == before


def test_a_file_stands_where_the_workspace_goes(ptest, tmp_path):
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        said = ptest("init", place)
        assert said.code == 64
        assert str(tmp_path / "file") in said.line
    assert (tmp_path / "file").read_text() == "mine"


def test_an_error_of_ours_is_never_taken_for_findings(ptest, monkeypatch):
    def fail(_path):
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr(Workspace, "find", fail)
    said = ptest("runs", "list")
    assert said.code == 70  # 1 would mean findings, or damage, or a break that shows again
    assert said.err.splitlines()[-1].startswith("ptest: ZeroDivisionError: of ours.")
    assert said.out == ""


@pytest.mark.slow
@pytest.mark.registry
def test_a_version_that_does_not_exist_leaves_no_run(ptest, workspace):
    before = tree(workspace.root)
    said = ptest("run", "CORE-001", "--sut", "stageflow-core==99.99.99", "--json")
    assert said.code == 77
    last = said.err.splitlines()[-1]
    assert last.startswith("ptest: stageflow-core==99.99.99 cannot be installed")
    assert "--sut" in last
    assert said.out == ""
    assert tree(workspace.root) == before
