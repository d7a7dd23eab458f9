"""Runs that ended long ago are compressed; nothing is lost but what may be deleted."""

import json
import os
import shutil
import tarfile
from datetime import UTC, datetime, timedelta

import pytest
from backports import zstd

from production_testers.mocks import DataFile, write
from production_testers.model.errors import InvalidDocumentError, PtestError, UsageError
from production_testers.workspace import archive as archiving
from production_testers.workspace.archive import archive, finish_interrupted, too_early
from production_testers.workspace.archive_document import ArchiveDocument
from production_testers.workspace.archive_plan import plan_archive
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.validation import validate_root, validate_run

ENDED = datetime(2026, 1, 14, 9, 5, tzinfo=UTC)
EVIDENCE = "results/evidence/FIN-001-BUG-001/evidence.json"


def put(run, relative, data=b"any"):
    path = run.path / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def put_data(run, folder, size, *, seed=3, extension="jsonl", **says):
    """Writes mock data and its manifest, which may say something else than what is true."""
    file = DataFile(scenario="requests", variant="valid", size=size, extension=extension)
    path = put(run, f"mocks/data/{folder}/{file.name}", b"")
    with path.open("w", encoding="ascii", newline="\n") as out:
        manifest = write(file, out, seed=seed)
    path.with_name(f"{path.name}.manifest.json").write_text(json.dumps({**manifest, **says}))
    return path


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def archived(run):
    return RunFolder(run.path.parent / "archive" / run.run_id)


def tarball(run):
    return run.path.parent / "archive" / f"{run.run_id}.tar.zst"


def members(run):
    with zstd.open(tarball(run)) as data, tarfile.open(fileobj=data, mode="r|") as tar:
        return list(tar)


def left_out(run):
    return {left.path: left for left in plan_archive(run).left_out}


def test_a_run_is_compressed_beside_what_is_kept_for_ever(complete, finding):
    run = complete(findings=[finding()])
    put(run, EVIDENCE, b"{}")
    put(run, "results/evidence/sensitive_dump.json")
    before = files_of(run.path)
    document = archive(run)
    assert sorted(path.name for path in run.path.parent.iterdir()) == ["archive"]
    assert sorted(path.name for path in tarball(run).parent.iterdir()) == [
        run.run_id,
        f"{run.run_id}.tar.zst",
    ]
    kept = files_of(archived(run).path)
    assert ArchiveDocument.parse(kept.pop("archive.json"), "") == document
    assert kept == {
        name: before[name]
        for name in (
            "findings.json",
            "FINAL_REPORT.md",
            "config/run_config.json",
            "config/environment.json",
            EVIDENCE,
            *(name for name in before if name.startswith("pipelines/")),
        )
    }
    assert "pipelines/stages/custom_stages.py" in kept


@pytest.mark.parametrize(
    ("after", "early"),
    [
        (timedelta(days=90), True),
        (timedelta(days=90, seconds=1), False),
        (timedelta(days=91), False),
        (timedelta(days=-1), True),
    ],
)
def test_a_run_must_have_been_completed_over_90_days_ago(complete, after, early):
    run = complete()
    told = too_early(run, days=archiving.DAYS, now=ENDED + after)
    assert bool(told) is early
    if early:
        assert told == f"{run.address} was completed at 2026-01-14T09:05:00Z, not over 90 days ago."


def test_a_run_in_progress_is_never_archived(draft):
    run = draft()
    assert "in progress" in too_early(run, days=0, now=ENDED + timedelta(days=9999))
    before = files_of(run.path)
    with pytest.raises(UsageError, match="is in progress"):
        archive(run)
    assert files_of(run.path) == before
    assert not tarball(run).parent.exists()


@pytest.mark.parametrize("status", ["failed", "blocked"])
def test_a_run_that_ended_otherwise_is_archived_too(complete, finish, status):
    run = complete()
    finish(run, status=status)
    archive(run)
    assert archived(run).read_findings().metadata.status.value == status


def test_what_may_be_deleted_is_left_out_and_listed_with_its_reason(complete):
    run = complete()
    put(run, "results/logs/deep/notes.txt")
    put(run, "mocks/data/scale/README.md")
    put(run, "tests/__pycache__/a.pyc", b"four")
    put(run, ".venv/bin/tool")
    before = set(files_of(run.path))
    found = {left.path: (left.reason.value, left.bytes) for left in archive(run).left_out}
    assert found == {
        "results/logs/run_20260114_093045_stress.log": ("log", 3),
        "results/logs/deep/notes.txt": ("log", 3),
        "mocks/data/scale/transactions_valid_100k.jsonl": ("large_mock_data", 3),
        "tests/__pycache__/": ("temporary", 4),
        ".venv/": ("temporary", 3),
    }
    packed = {info.name.removeprefix(f"{run.run_id}/") for info in members(run) if info.isreg()}
    assert before - packed == {
        "results/logs/run_20260114_093045_stress.log",
        "results/logs/deep/notes.txt",
        "mocks/data/scale/transactions_valid_100k.jsonl",
        "tests/__pycache__/a.pyc",
        ".venv/bin/tool",
    }


def test_sensitive_files_are_in_no_archive(complete):
    run = complete()
    secrets = (
        "mocks/data/happy_path/sensitive_patients_valid_10.json",
        "mocks/data/sensitive_more/patients_valid_10.json",
        "results/evidence/FIN-001-BUG-001/sensitive_input.json",
        "sensitive_notes.md",
    )
    for name in secrets:
        put(run, name, b"the secret")
    document = archive(run)
    assert {left.path for left in document.left_out if left.reason == "sensitive"} == {
        secrets[0],
        "mocks/data/sensitive_more/",
        *secrets[2:],
    }
    assert not [info.name for info in members(run) if "sensitive_" in info.name]
    with zstd.open(tarball(run)) as data:
        assert b"the secret" not in data.read()
    assert not [name for name in files_of(archived(run).path) if "sensitive_" in name]


def test_large_data_outside_scale_is_left_out_only_when_its_manifest_makes_it_again(complete):
    run = complete()
    again = put_data(run, "happy_path", 4_000)
    other_seed = put_data(run, "edge_cases", 4_000, seed=5)
    manifest = other_seed.with_name(f"{other_seed.name}.manifest.json")
    manifest.write_text(manifest.read_text().replace('"seed": 5', '"seed": 6'))
    put_data(run, "adversarial", 4_000, generator_version="0")
    small = put_data(run, "happy_path", 10)
    assert again.stat().st_size > 1024 * 1024 > small.stat().st_size
    found = left_out(run)
    relative = again.relative_to(run.path).as_posix()
    assert found.keys() & {f"mocks/data/{name}" for name in ("adversarial", "edge_cases")} == set()
    assert [name for name in found if name.endswith("valid_4k.jsonl")] == [relative]
    assert found[relative].command == (
        "ptest data requests --variant valid --size 4k --seed 3 --format jsonl"
    )


def test_a_damaged_manifest_makes_nothing_again(complete):
    run = complete()
    path = put_data(run, "scale", 20)
    manifest = path.with_name(f"{path.name}.manifest.json")
    relative = path.relative_to(run.path).as_posix()
    assert left_out(run)[relative].recipe is not None
    good = json.loads(manifest.read_text())
    for bad in ("{", "[]", '{"files": 3}', json.dumps({**good, "seed": "3"}), '{"files": [1]}'):
        manifest.write_text(bad)
        assert left_out(run)[relative].recipe is None


def test_data_that_was_edited_is_not_said_to_be_made_again(complete):
    run = complete()
    path = put_data(run, "scale", 20)
    path.write_bytes(path.read_bytes() + b"{}\n")
    assert left_out(run)[path.relative_to(run.path).as_posix()].recipe is None


def test_equal_runs_give_equal_bytes_whatever_their_times_and_permissions(complete, tmp_path):
    run = complete()
    (run.path / "notes").mkdir()
    shutil.copytree(run.path, tmp_path / "CORE-001" / run.run_id)
    other = RunFolder(tmp_path / "CORE-001" / run.run_id)
    os.utime(other.readme, (1, 1))
    other.readme.chmod(0o600)
    archive(run)
    archive(other)
    assert tarball(run).read_bytes() == tarball(other).read_bytes()


def test_members_are_sorted_have_no_owner_and_the_time_of_the_run_s_end(complete):
    run = complete()
    put(run, "results-of-mine.md")  # between `results` and `results/metrics`, letter by letter
    archive(run)
    found = members(run)
    paths = [tuple(info.name.split("/")) for info in found]
    assert paths == sorted(paths)
    assert paths[0] == (run.run_id,)
    assert {info.mtime for info in found} == {int(ENDED.timestamp())}
    assert {(info.uid, info.gid, info.uname, info.gname) for info in found} == {(0, 0, "", "")}
    assert {info.mode for info in found} == {0o644, 0o755}


def test_the_sizes_are_those_of_the_disk(complete):
    run = complete()
    before = sum(len(data) for data in files_of(run.path).values())
    document = archive(run)
    kept = files_of(archived(run).path)
    kept.pop("archive.json")
    assert document.bytes_before == before
    assert document.bytes_after == tarball(run).stat().st_size + sum(map(len, kept.values()))


def test_links_within_the_run_are_packed_and_others_are_left_out(complete):
    run = complete()
    (run.tests / "latest.json").symlink_to("../findings.json")
    (run.tests / "host").symlink_to("/etc/hostname")
    (run.tests / "above").symlink_to("../../other")
    document = archive(run)
    links = {info.name: info.linkname for info in members(run) if info.issym()}
    assert links == {f"{run.run_id}/tests/latest.json": "../findings.json"}
    assert {left.path for left in document.left_out if left.reason == "link_to_the_outside"} == {
        "tests/host",
        "tests/above",
    }


def test_a_name_that_is_no_utf_8_is_refused(complete):
    run = complete()
    (run.path / os.fsdecode(b"caf\xe9.md")).write_text("")
    with pytest.raises(UsageError, match="is no UTF-8"):
        archive(run)
    assert run.path.is_dir()


def test_broken_findings_are_named_and_nothing_moves(complete):
    run = complete()
    run.findings.write_text("{}")
    with pytest.raises(InvalidDocumentError):
        archive(run)
    assert run.path.is_dir()
    assert not tarball(run).exists()


class KilledError(BaseException):
    """Stands for a process that dies: no handler of ours may count on running."""


STEPS = {
    "before the tarball": ("plan_archive", 1),
    "after the tarball": ("_compare", 1),
    "before the readable folder": ("put_folder", 1),
    "after the readable folder": ("_refuse_changes", 1),
    "before the run is out of sight": ("put_folder", 2),
    "before it is removed": ("discard", 4),
}


@pytest.mark.parametrize(("name", "count"), STEPS.values(), ids=STEPS)
def test_a_crash_leaves_the_run_or_its_archive_and_again_ends_it(
    workspace, complete, finding, monkeypatch, name, count
):
    run = complete(findings=[finding()])
    before, aggregate = files_of(run.path), workspace.aggregate().findings
    real, calls = getattr(archiving, name), iter(range(1, 99))

    def die_there(*arguments):
        if next(calls) == count:
            raise KilledError
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(archiving, name, die_there)
        with pytest.raises(KilledError):
            archive(run)
    if run.path.is_dir():
        assert files_of(run.path) == before
    else:
        assert validate_run(archived(run)) == ()
    assert [one.address for one in workspace.all_runs()] == [run.address]
    assert workspace.aggregate().findings == aggregate
    if run.path.is_dir():
        archive(run)
    finish_interrupted(run.path.parent)
    assert sorted(path.name for path in tarball(run).parent.iterdir()) == [
        run.run_id,
        tarball(run).name,
    ]
    assert not run.path.exists()
    assert validate_run(archived(run)) == ()


@pytest.mark.parametrize("damage", ["a byte differs", "the end is missing", "a file is missing"])
def test_the_run_stays_when_the_tarball_is_not_what_it_should_be(complete, monkeypatch, damage):
    run = complete()
    before = files_of(run.path)
    real = archiving.write_tarball

    def write_badly(target, folder, folders, wanted, mtime):
        if damage == "a file is missing":
            real(target, folder, folders, wanted[1:], mtime)
            return
        real(target, folder, folders, wanted, mtime)
        data = bytearray(target.read_bytes())
        data[len(data) // 2] ^= 1
        target.write_bytes(data[: -len(data) // 2] if damage == "the end is missing" else data)

    monkeypatch.setattr(archiving, "write_tarball", write_badly)
    with pytest.raises(PtestError) as caught:
        archive(run)
    assert caught.value.exit_code == 70
    assert "stays where it is" in str(caught.value)
    assert files_of(run.path) == before
    assert not tarball(run).exists()


def test_a_run_that_changes_meanwhile_stays_where_it_is(complete, monkeypatch):
    run = complete()
    real = archiving._keep

    def write_beside(*arguments):
        real(*arguments)
        put(run, "late.md")

    monkeypatch.setattr(archiving, "_keep", write_beside)
    with pytest.raises(UsageError, match="changed while it was archived"):
        archive(run)
    assert (run.path / "late.md").is_file()


def test_the_archive_of_another_run_is_not_overwritten(complete):
    run = complete()
    archive(run)
    before = files_of(tarball(run).parent)
    again = complete()
    document = again.read_findings()
    metadata = document.metadata.model_copy(
        update={"agent_run_id": "00000000-0000-0000-0000-000000000000"}
    )
    again.write_findings(document.model_copy(update={"metadata": metadata}))
    with pytest.raises(UsageError, match="is the archive of another run"):
        archive(again)
    assert files_of(tarball(run).parent) == before
    assert again.path.is_dir()


def test_a_run_that_another_process_archived_is_told(complete):
    run = complete()
    archive(run)
    with pytest.raises(UsageError, match="another process archived it"):
        archive(run)


def test_everything_that_looks_at_all_runs_sees_archived_ones(workspace, complete, finding):
    first = complete(findings=[finding(evidence={"fingerprint": "f"}), finding("FIN-001-BUG-007")])
    second = complete("FIN-001/run-2026-01-15-001", findings=[finding()])
    shutil.rmtree(second.research)  # only the first run of an entry must have it
    second.events.unlink(missing_ok=True)
    before = workspace.aggregate().as_json()
    known = workspace.known_findings()
    assert "research/" not in {problem.path for problem in validate_run(second)}
    archive(first)
    assert [run.address for run in workspace.all_runs()] == [first.address, second.address]
    after = workspace.aggregate().as_json()
    assert {**after, "generated_at": None} == {**before, "generated_at": None}
    assert workspace.known_findings() == known
    assert workspace.next_finding_id("FIN-001", "bug") == "FIN-001-BUG-008"
    assert "research/" not in {problem.path for problem in validate_run(second)}
    assert workspace.new_run("FIN-001", ENDED).run_id == "run-2026-01-14-002"


def test_a_good_archive_is_valid_and_a_damaged_one_is_told(workspace, complete):
    run = complete()
    archive(run)
    assert validate_run(archived(run)) == ()
    assert validate_root(workspace) == ()
    good = tarball(run).read_bytes()
    tarball(run).write_bytes(good[:-1])
    (problem,) = validate_run(archived(run))
    assert (problem.path, problem.rule.value) == ("archive.json", "agreement")
    assert "sha256" in problem.message
    tarball(run).unlink()
    (problem,) = validate_run(archived(run))
    assert problem.message == f"{run.run_id}.tar.zst is missing"
    tarball(run).write_bytes(good)
    (archived(run).path / "archive.json").write_text("{}")
    assert {problem.rule.value for problem in validate_run(archived(run))} == {"schema"}
    shutil.rmtree(archived(run).path)
    (problem,) = validate_root(workspace)
    assert (problem.path, problem.rule.value) == (
        f"runs/FIN-001/archive/{run.run_id}.tar.zst",
        "required",
    )
