"""`ptest bundle`: a run and the wheel in one file, which works wherever it is unpacked."""

import os
import subprocess
import sys
import zipfile

import pytest

from production_testers.workspace.wheel import build_wheel, wheel_name

PINNED = "--find-links ../../../.wheels\nproduction-testers==9.9.9\n"


def unpacked(path, folder):
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def files_of(run):
    return {
        f"runs/{run.address}/{path.relative_to(run.path).as_posix()}": path.read_bytes()
        for path in run.path.rglob("*")
        if path.is_file()
    }


def test_what_is_unpacked_is_the_run_and_the_wheel(ptest, draft, workspace, tmp_path):
    run = draft()
    said = ptest("bundle", run.address, "--draft", "--out", tmp_path / "a.zip")
    assert (said.code, said.out, said.err) == (0, f"{tmp_path / 'a.zip'}\n", "")
    found = unpacked(tmp_path / "a.zip", tmp_path / "elsewhere")
    wheel = found.pop(f".wheels/{wheel_name()}")
    assert wheel == build_wheel(tmp_path / "wheels").read_bytes()
    assert found == files_of(run)


def test_what_is_secret_or_passing_is_left_out(ptest, draft, tmp_path):
    run = draft()
    meant = files_of(run)
    data = run.mock_data / "happy_path"
    for path in (
        data / "sensitive_patients_10.json",
        data / "sensitive_more" / "patients_valid_10.json",
        run.path / "sensitive_notes.md",
        run.path / "__pycache__" / "a.pyc",
        run.path / "tests" / "__pycache__" / "b.pyc",
        run.path / ".pytest_cache" / "README.md",
        run.path / ".findings.json.7-0.tmp",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("secret")
    (run.path / "linked.json").symlink_to("/etc/hostname")
    assert ptest("bundle", run.address, "--draft", "--out", tmp_path / "a.zip").code == 0
    found = unpacked(tmp_path / "a.zip", tmp_path / "elsewhere")
    assert set(found) == {*meant, f".wheels/{wheel_name()}"}


def test_equal_files_give_equal_bytes_whatever_their_times(ptest, draft, tmp_path):
    run = draft()
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    ptest("bundle", run.address, "--draft", "--out", first)
    os.utime(run.readme, (1, 1))
    run.readme.chmod(0o600)
    ptest("bundle", run.address, "--draft", "--out", second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        names = archive.namelist()
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names == sorted(names)


def test_the_file_is_named_after_the_run_and_stands_in_the_current_folder(ptest, draft, workspace):
    said = ptest("bundle", draft().run_id, "--draft", "--json")
    path = workspace.root / "CORE-001_run-2026-01-14-001.zip"
    assert said.json == {
        "run": "CORE-001/run-2026-01-14-001",
        "path": str(path),
        "bytes": path.stat().st_size,
    }


def test_a_run_that_is_not_there_is_refused(ptest):
    said = ptest("bundle", "CORE-001/run-2026-01-14-009")
    assert said.code == 64
    assert "There is no run 'CORE-001/run-2026-01-14-009'" in said.line


def test_a_run_in_progress_needs_draft(ptest, draft, workspace):
    said = ptest("bundle", draft().address)
    assert said.code == 64
    assert "is in progress" in said.line
    assert "--draft" in said.line
    assert not list(workspace.root.glob("*.zip"))


def test_a_completed_run_needs_nothing(ptest, draft, workspace):
    run = draft()
    text = run.findings.read_text()
    run.findings.write_text(text.replace('"in_progress"', '"completed"'))
    assert ptest("bundle", run.address).code == 0


def test_no_bundle_goes_into_the_run_that_it_holds(ptest, draft):
    run = draft()
    said = ptest("bundle", run.address, "--draft", "--out", run.path / "a.zip")
    assert said.code == 64
    assert "the next bundle would hold it" in said.line
    assert not (run.path / "a.zip").exists()


def test_a_folder_in_the_way_is_told_and_left(ptest, draft, tmp_path):
    said = ptest("bundle", draft().address, "--draft", "--out", tmp_path)
    assert said.code == 64
    assert f"Cannot write {tmp_path}" in said.line


def test_the_wheel_is_of_the_version_that_the_run_pins(ptest, draft, workspace, tmp_path):
    run = draft()
    run.requirements.write_text(PINNED)
    said = ptest("bundle", run.address, "--draft", "--out", tmp_path / "a.zip")
    assert said.code == 64
    assert "production_testers-9.9.9-py3-none-any.whl, which is not in" in said.line
    kept = workspace.wheels / "production_testers-9.9.9-py3-none-any.whl"
    kept.write_bytes(b"older")
    assert ptest("bundle", run.address, "--draft", "--out", tmp_path / "a.zip").code == 0
    found = unpacked(tmp_path / "a.zip", tmp_path / "elsewhere")
    assert {name: data for name, data in found.items() if name.startswith(".wheels/")} == {
        f".wheels/{kept.name}": b"older"
    }


@pytest.mark.slow
def test_a_scaffolded_run_works_where_it_is_unpacked(ptest, workspace, tmp_path):
    """From the wheel in the bundle, with the workspace gone and this package's source unseen."""
    assert ptest("new", "CORE-001", "--sut", "reference").code == 0
    (run,) = workspace.runs()
    said = ptest("bundle", run.address, "--draft", "--out", tmp_path / "a.zip")
    assert said.code == 0, said.err
    place = tmp_path / "elsewhere"
    unpacked(tmp_path / "a.zip", place)
    workspace.root.rename(tmp_path / "gone")
    folder = place / "runs" / run.address
    lines = (folder / "requirements.txt").read_text().splitlines()
    (links,) = [line.removeprefix("--find-links ") for line in lines if "--find-links" in line]
    (wheel,) = (folder / links).glob("*.whl")
    site = tmp_path / "site"
    # pytest and the wheel's own dependencies are those of this environment: no registry is asked.
    install = ["-m", "uv", "pip", "install", "-q", "--no-deps", "--offline", "--target", site]
    subprocess.run([sys.executable, *install, wheel], check=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
