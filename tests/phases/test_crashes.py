"""A run is killed at any of its writes; nothing is half written, and it resumes to the same end."""

import contextlib
import errno
import json
import multiprocessing
import os
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from phases.tiny import ENTRY, digests, kinds_of
from production_testers.cli.app import call
from production_testers.experiments.environments import Environment
from production_testers.model.scenario import Kind
from production_testers.phases import findings as findings_phase
from production_testers.phases import mission, testing
from production_testers.workspace.validation import validate_root, validate_run

pytestmark = pytest.mark.slow

SEED = 3
# Read by an interpreter when it starts: every stage is executed twice.
WRONG = """\
from production_testers.suts.reference import executor

right = executor.Execution._in_time

async def twice(self, stage, call):
    await right(self, stage, call)
    return await right(self, stage, call)

executor.Execution._in_time = twice
"""


@pytest.fixture
def wrong(quick, workspace, tmp_path, monkeypatch):
    """A system under test that is wrong, so that runs have findings to lose."""
    folder = tmp_path / "wrong"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WRONG)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={folder} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    environment = Environment(python=python, site_packages=None, packages={})
    monkeypatch.setattr(mission, "prepare", lambda _sut: environment)
    monkeypatch.setattr(findings_phase, "install_clean", lambda *_arguments: python)


def told(run):
    """What a run found, less what tells one execution from another."""
    return [
        (finding.id, finding.status, finding.fingerprint, finding.title, finding.description)
        for finding in run.read_findings().findings
    ]


def broken_files(folder):
    """Every JSON document below a folder that does not parse."""
    left = []
    for path in folder.rglob("*.json"):
        try:
            json.loads(path.read_text())
        except ValueError:
            left.append(path)
    return left


@dataclass(frozen=True)
class Moment:
    """What a crash would have left."""

    runs: Path
    aggregate: bytes
    write: str

    def restore(self, workspace):
        shutil.rmtree(workspace.runs_folder)
        shutil.copytree(self.runs, workspace.runs_folder)
        workspace.aggregate_file.write_bytes(self.aggregate)


@contextlib.contextmanager
def every_moment(monkeypatch, workspace, folder):
    """Keeps what is on the disk before and after every file or folder is put in its place."""
    moments = []

    def keep(target, when):
        to = folder / f"{len(moments):03d}"
        # Files are replaced, never changed, but for the journal.
        shutil.copytree(
            workspace.runs_folder,
            to,
            copy_function=lambda a, b: (
                shutil.copy2(a, b) if str(a).endswith(".jsonl") else os.link(a, b)
            ),
        )
        write = f"{when} {target.relative_to(workspace.root)}"
        moments.append(Moment(to, workspace.aggregate_file.read_bytes(), write))

    def watched(move):
        def put(source, target):
            if not target.is_relative_to(workspace.root):
                return move(source, target)
            keep(target, "before")
            done = move(source, target)
            keep(target, "after")
            return done

        return put

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", watched(Path.replace))
        patch.setattr(Path, "rename", watched(Path.rename))
        yield moments


def resumed(workspace, run):
    """What `ptest resume` made of a run: 1 is the code for confirmed findings."""
    assert call(["resume", run.address, "--workspace", str(workspace.root)]) == 1
    assert validate_run(run) == ()
    assert validate_root(workspace) == ()
    assert run.read_findings().metadata.status.value == "completed"
    assert list(run.path.parent.iterdir()) == [run.path]
    return told(run), digests(run)


@pytest.fixture(scope="module")
def seen():
    """What is the same for all tests, once one of them has seen it."""
    return {}


@pytest.fixture
def undisturbed(wrong, workspace, start, seen):
    """What a run comes to when nothing happens; its folder is gone again."""
    if not seen:
        aggregate = workspace.aggregate_file.read_bytes()
        run = start(seed=SEED, kinds=(Kind.BASELINE,)).context.run
        seen["it"] = told(run), digests(run)
        shutil.rmtree(run.path.parent)
        workspace.aggregate_file.write_bytes(aggregate)
    assert [finding_id for finding_id, *_ in seen["it"][0]] == [f"{ENTRY}-BUG-001"]
    return seen["it"]


def test_a_crash_at_any_write_leaves_nothing_half_written_and_resumes(
    undisturbed, workspace, start, monkeypatch, tmp_path
):
    with every_moment(monkeypatch, workspace, tmp_path / "moments") as moments:
        start(seed=SEED, kinds=(Kind.BASELINE,))
    begun, disagreeing = [], []
    for moment in moments:
        moment.restore(workspace)
        assert broken_files(workspace.runs_folder) == [], moment.write
        assert validate_root(workspace) == (), moment.write
        for run in workspace.runs():
            begun.append(moment)
            status = run.read_findings().metadata.status.value
            ended = moment is moments[-1]
            assert status == ("completed" if ended else "in_progress"), moment.write
            if problems := validate_run(run):
                disagreeing.append(moment)
                assert {problem.rule for problem in problems} == {"agreement"}, moment.write
    assert len(begun) > 100
    # README and findings.json are two files: twice in a run, one is written before the other.
    assert len(disagreeing) == 4
    evidence = [moment for moment in begun if "history.jsonl" in moment.write]
    for moment in [*begun[:-1:40], evidence[-1], begun[-2]]:
        moment.restore(workspace)
        (run,) = workspace.runs()
        assert resumed(workspace, run) == undisturbed, moment.write


@pytest.mark.parametrize("write", [25, 60])
def test_a_killed_process_leaves_a_run_that_resumes(undisturbed, workspace, start, write):
    killed_at(write, start)
    (run,) = workspace.runs()
    assert list(run.path.rglob("*.tmp"))  # the write it died in; in nobody's way
    assert validate_run(run) == ()
    assert "run_interrupted" not in kinds_of(run)
    assert resumed(workspace, run) == undisturbed


def test_a_process_killed_before_its_run_is_whole_leaves_none(workspace, start, wrong):
    killed_at(4, start)
    assert workspace.runs() == ()
    assert [path.name for path in workspace.runs_folder.glob(".*.tmp")] == [f".new-{ENTRY}.tmp"]
    assert validate_root(workspace) == ()
    assert start(seed=SEED, kinds=(Kind.BASELINE,)).context.run.run_id.endswith("-001")
    assert not list(workspace.runs_folder.glob(".*.tmp"))


def killed_at(write, start):
    """Starts a run in a process of its own that is killed before its n-th write is in place."""

    def die():
        left = [write]
        replace = Path.replace

        def count(source, target):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return replace(source, target)

        Path.replace = count  # the process is not ours to clean up
        start(seed=SEED, kinds=(Kind.BASELINE,))

    process = multiprocessing.get_context("fork").Process(target=die)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


class Disk:
    """Refuses every write, of files and of the journal alike, while it has a reason to."""

    def __init__(self, monkeypatch):
        self.code = 0
        fsync = os.fsync

        def refuse(handle):
            if self.code:
                raise OSError(self.code, os.strerror(self.code))
            fsync(handle)

        monkeypatch.setattr(os, "fsync", refuse)


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("environment", errno.EACCES),
        ("tests", errno.EROFS),
        ("tests", errno.ENOSPC),
        ("end", errno.ENOSPC),
    ],
)
def test_a_disk_that_takes_nothing_any_more_is_told_and_the_run_resumes(
    undisturbed, workspace, monkeypatch, capsys, place, code
):
    disk = Disk(monkeypatch)
    owner, name = {
        "environment": (mission.environment_phase, "build_environment"),
        "tests": (testing, "execute"),
        "end": (mission.reporting, "close"),
    }[place]
    original = getattr(owner, name)

    def fill(*arguments):
        disk.code = code
        return original(*arguments)

    arguments = ["run", ENTRY, "--sut", "reference", "--seed", str(SEED), "--kinds", "baseline"]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, fill)
        assert call([*arguments, "--workspace", str(workspace.root)]) == (
            70 if code == errno.ENOSPC else 64
        )
    out, err = capsys.readouterr()
    (run,) = workspace.runs()
    (line,) = [line for line in err.splitlines() if line.startswith("ptest: ")]
    assert out == ""
    assert f"Cannot write {run.path}" in line
    assert os.strerror(code) in line
    assert "Traceback" not in err
    assert broken_files(run.path) == []
    assert not list(run.path.rglob("*.tmp"))
    assert run.read_findings().metadata.status.value == "in_progress"
    disk.code = 0
    assert resumed(workspace, run) == undisturbed


def test_a_workspace_that_takes_nothing_gets_no_run(wrong, workspace, monkeypatch, capsys):
    Disk(monkeypatch).code = errno.EROFS
    arguments = ["run", ENTRY, "--sut", "reference", "--workspace", str(workspace.root)]
    assert call(arguments) == 64
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(f"ptest: Cannot write {workspace.runs_folder}")
    assert "Read-only file system" in last
    assert workspace.runs() == ()
    assert not list(workspace.runs_folder.glob(".*.tmp"))
