"""An archived run comes back as it was, or not at all."""

import io
import json
import os
import tarfile

import pytest
from backports import zstd

from production_testers.mocks import DataFile, write
from production_testers.mocks.datasets import GENERATOR_VERSION
from production_testers.model.errors import InvalidDocumentError, UsageError
from production_testers.workspace import restore as restoring
from production_testers.workspace.archive import archive
from production_testers.workspace.archive_plan import checksum
from production_testers.workspace.restore import restore
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.validation import validate_run

DATA = "mocks/data/scale/requests_valid_20.jsonl"


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def folders_of(folder):
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_dir()}


def archived(run):
    return RunFolder(run.path.parent / "archive" / run.run_id)


def tarball(run):
    return run.path.parent / "archive" / f"{run.run_id}.tar.zst"


def everything(workspace):
    return files_of(workspace.runs_folder)


def repack(run, *added):
    """Writes another tarball with the members that are given, and the checksum that it has."""
    with (
        zstd.open(tarball(run), "wb") as data,
        tarfile.open(fileobj=data, mode="w|") as tar,
    ):
        for info, content in added:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    path = archived(run).path / "archive.json"
    document = json.loads(path.read_text())
    document["tarball"]["sha256"] = checksum(tarball(run))
    path.write_text(json.dumps(document))


@pytest.fixture
def run(draft, finish, finding):
    """A run with nothing that would be lost, and with mock data that can be made again."""
    run = draft()
    finish(run, [finding()])
    data = run.path / DATA
    data.parent.mkdir(parents=True)
    file = DataFile(scenario="requests", variant="valid", size=20, extension="jsonl")
    with data.open("w", encoding="ascii", newline="\n") as out:
        manifest = write(file, out, seed=9)
    entry = {**manifest, "path": DATA}
    (run.mock_data / "manifest.json").write_text(json.dumps({"files": [entry]}))
    return run


def test_every_byte_comes_back(workspace, run):
    (run.path / "empty" / "deeper").mkdir(parents=True)
    long = run.path / "notes" / ("long" * 30) / f"{'été ' * 20}.md"
    long.parent.mkdir(parents=True)
    long.write_bytes(b"\r\n\x00\xff")
    tool = run.path / "notes" / "tool.sh"
    tool.write_bytes(b"#!/bin/sh\n")
    tool.chmod(0o755)
    (run.path / "notes" / "latest").symlink_to("../findings.json")
    files, folders = files_of(run.path), folders_of(run.path)
    document = archive(run)
    assert [left.path for left in document.left_out] == [DATA]
    restored = restore(archived(run))
    assert restored.run == run
    assert (restored.regenerated, restored.lost, restored.changed) == ((DATA,), (), ())
    assert files_of(run.path) == files
    assert folders_of(run.path) == folders
    assert os.access(tool, os.X_OK)
    assert not os.access(run.readme, os.X_OK)
    assert (run.path / "notes" / "latest").readlink().as_posix() == "../findings.json"
    assert not (run.path.parent / "archive").exists()
    assert workspace.all_runs() == (run,)


def test_it_can_be_archived_again_to_the_same_bytes(run):
    archive(run)
    first = tarball(run).read_bytes()
    archive(restore(archived(run)).run)
    assert tarball(run).read_bytes() == first


def test_what_nobody_can_make_again_is_told(run):
    log = run.logs / "run_20260114_093045_stress.log"
    log.parent.mkdir(parents=True)
    log.write_text("it ran")
    (run.mock_data / "sensitive_patients_valid_10.json").write_text("[]")
    archive(run)
    restored = restore(archived(run))
    assert {(left.path, left.reason.value) for left in restored.lost} == {
        ("results/logs/run_20260114_093045_stress.log", "log"),
        ("mocks/data/sensitive_patients_valid_10.json", "sensitive"),
    }
    assert run.logs.is_dir()
    assert not log.exists()


def test_data_that_this_version_makes_differently_is_told_and_not_written(run):
    archive(run)
    path = archived(run).path / "archive.json"
    path.write_text(
        path.read_text().replace(
            f'"generator_version": "{GENERATOR_VERSION}"', '"generator_version": "0"'
        )
    )
    restored = restore(archived(run))
    assert restored.regenerated == ()
    assert [left.path for left in restored.lost] == [DATA]
    assert not (run.path / DATA).exists()


def test_what_was_edited_in_the_archive_counts(run):
    archive(run)
    kept = archived(run)
    kept.findings.write_text(kept.findings.read_text().replace("confirmed", "resolved"))
    added = kept.evidence / "FIN-001-BUG-001" / "later.json"
    added.parent.mkdir(parents=True)
    added.write_text("{}")
    edited = kept.findings.read_bytes()
    restored = restore(kept)
    assert restored.changed == ("findings.json", "results/evidence/FIN-001-BUG-001/later.json")
    assert run.findings.read_bytes() == edited
    assert (run.evidence / "FIN-001-BUG-001" / "later.json").is_file()
    assert not (run.path / "archive.json").exists()


def test_a_tarball_with_another_checksum_is_refused_and_nothing_written(workspace, run):
    archive(run)
    data = bytearray(tarball(run).read_bytes())
    data[100] ^= 1
    tarball(run).write_bytes(data)
    before = everything(workspace)
    with pytest.raises(UsageError) as caught:
        restore(archived(run))
    assert f"sha256 {checksum(tarball(run))}" in str(caught.value)
    assert everything(workspace) == before
    assert not run.path.exists()


def test_a_member_with_another_checksum_is_named(workspace, run):
    archive(run)
    repack(run, (tarfile.TarInfo(f"{run.run_id}/README.md"), b"another"))
    before = everything(workspace)
    with pytest.raises(UsageError, match=r"the checksum of README\.md is not that of archive"):
        restore(archived(run))
    assert everything(workspace) == before


def member(name, **fields):
    info = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


@pytest.mark.parametrize(
    "info",
    [
        member("/etc/passwd"),
        member("../escaped"),
        member("RUN/../../escaped"),
        member("other/README.md"),
        member("RUN/link", type=tarfile.SYMTYPE, linkname="/etc"),
        member("RUN/link", type=tarfile.SYMTYPE, linkname="../../.."),
        member("RUN/hard", type=tarfile.LNKTYPE, linkname="/etc/passwd"),
        member("RUN/pipe", type=tarfile.FIFOTYPE),
    ],
    ids=lambda info: f"{info.name} {info.linkname}".strip(),
)
def test_a_member_that_leads_out_of_the_run_is_refused(workspace, run, info):
    archive(run)
    renamed = info.replace(name=info.name.replace("RUN", run.run_id), deep=False)
    repack(run, (renamed, b""))
    before = everything(workspace)
    with pytest.raises(UsageError, match="is damaged"):
        restore(archived(run))
    assert everything(workspace) == before
    assert not run.path.exists()


@pytest.mark.parametrize("path", ["../escaped", "/etc/escaped", "", "a/../../b"])
def test_a_path_in_archive_json_that_leads_out_is_refused(workspace, run, path):
    archive(run)
    file = archived(run).path / "archive.json"
    document = json.loads(file.read_text())
    document["left_out"][0]["path"] = path
    file.write_text(json.dumps(document))
    before = everything(workspace)
    with pytest.raises(InvalidDocumentError, match="no path within the run"):
        restore(archived(run))
    assert everything(workspace) == before


@pytest.mark.parametrize(
    ("missing", "expected"),
    [("tarball", "is missing"), ("archive.json", "nobody can check"), ("findings", "Cannot read")],
)
def test_an_archive_with_a_part_missing_is_refused(workspace, run, missing, expected):
    archive(run)
    kept = archived(run)
    {
        "tarball": tarball(run),
        "archive.json": kept.path / "archive.json",
        "findings": kept.findings,
    }[missing].unlink()
    before = everything(workspace)
    with pytest.raises(UsageError, match=expected):
        restore(kept)
    assert everything(workspace) == before


def test_a_run_that_is_not_archived_is_told(run):
    with pytest.raises(UsageError, match="is not archived"):
        restore(run)
    assert run.path.is_dir()


def test_no_run_is_overwritten(workspace, draft, run):
    archive(run)
    draft(run.address)
    before = everything(workspace)
    with pytest.raises(UsageError, match="stands there already"):
        restore(run)
    assert everything(workspace) == before


class KilledError(BaseException):
    """Stands for a process that dies."""


@pytest.mark.parametrize("step", ["_take_edits", "_make", "put_folder", "_remove_archive"])
def test_a_crash_leaves_a_whole_archive_and_again_ends_it(workspace, run, monkeypatch, step):
    before = files_of(run.path)
    archive(run)

    def die(*_arguments):
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(restoring, step, die)
        with pytest.raises(KilledError):
            restore(archived(run))
    assert validate_run(archived(run)) == ()
    assert run.path.exists() is (step == "_remove_archive")
    assert len(workspace.all_runs()) == 1
    restore(run)
    assert files_of(run.path) == before
    assert not (run.path.parent / "archive").exists()


def test_a_crash_between_tarball_and_readable_folder_is_ended_too(run, monkeypatch):
    archive(run)
    with monkeypatch.context() as patch:
        patch.setattr(
            restoring.ArchivePlace, "remove", lambda *_: (_ for _ in ()).throw(KilledError)
        )
        with pytest.raises(KilledError):
            restore(archived(run))
    assert not tarball(run).exists()
    restore(run)
    assert not archived(run).path.exists()
    assert run.path.is_dir()
