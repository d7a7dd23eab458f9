"""`ptest archive` and `ptest restore`, and the verbs that meet an archived run."""

import pytest

from production_testers.workspace.findings import RunStatus

RUN, YOUNG = "CORE-001/run-2024-01-14-001", "CORE-001/run-2100-01-14-001"


@pytest.fixture
def ended(draft):
    """Makes a run that ended on the day it started, with a log."""

    def make(address=RUN, findings=()):
        run = draft(address, findings)
        document = run.read_findings()
        day = run.name.day.isoformat()
        metadata = document.metadata.model_copy(
            update={"status": RunStatus.COMPLETED, "completed_at": f"{day}T10:00:00Z"}
        )
        run.write_findings(document.model_copy(update={"metadata": metadata}))
        run.logs.mkdir(parents=True)
        (run.logs / "run_20240114_093045_stress.log").write_text("it ran")
        return run

    return make


def everything(workspace):
    return {path: path.read_bytes() for path in workspace.root.rglob("*") if path.is_file()}


def test_without_names_the_old_runs_are_archived_and_no_others(ptest, ended, draft, workspace):
    old = ended()
    young = ended(YOUNG)
    going_on = draft("CORE-001/run-2024-01-15-001")
    said = ptest("archive")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"{RUN}: ")
    assert "  without results/logs/run_20240114_093045_stress.log (log, 6 bytes)" in said.out
    assert workspace.runs() == (going_on, young)
    assert [run.address for run in workspace.archived_runs()] == [old.address]
    again = ptest("archive")
    assert (again.code, again.out) == (
        0,
        "Nothing to archive: no run was completed over 90 days ago.\n",
    )


def test_a_dry_run_tells_bytes_and_writes_nothing(ptest, ended, workspace):
    run = ended()
    before = everything(workspace)
    document = ptest("archive", "--dry-run", "--json").json
    assert everything(workspace) == before
    assert not (run.path.parent / "archive").exists()
    (row,) = document["runs"]
    assert (document["dry_run"], document["older_than_days"]) == (True, 90)
    assert row["run"] == RUN
    assert row["bytes_before"] == sum(
        path.stat().st_size for path in run.path.rglob("*") if path.is_file()
    )
    assert (row["bytes_after"], row["bytes_left_out"]) == (None, 6)
    assert [(left["reason"], left["regenerates"]) for left in row["left_out"]] == [("log", False)]
    assert "would go to" in ptest("archive", "--dry-run").out


def test_what_is_said_is_what_is_there(ptest, ended, workspace):
    ended()
    (row,) = ptest("archive", RUN, "--json").json["runs"]
    tarball = workspace.runs_folder / "CORE-001" / "archive" / "run-2024-01-14-001.tar.zst"
    assert row["tarball"] == str(tarball)
    assert tarball.stat().st_size < row["bytes_after"]


def test_a_run_that_is_too_young_is_refused_and_so_are_those_named_with_it(ptest, ended, workspace):
    ended()
    ended(YOUNG)
    before = everything(workspace)
    said = ptest("archive", RUN, YOUNG)
    assert said.code == 64
    assert "was completed at 2100-01-14T10:00:00Z, not over 90 days ago" in said.line
    assert "--older-than 0" in said.line
    assert everything(workspace) == before


def test_the_age_can_be_chosen(ptest, ended, workspace):
    ended()
    assert ptest("archive", "--older-than", "99999").out.startswith("Nothing to archive")
    assert ptest("archive", "--older-than", "0").code == 0
    assert [run.address for run in workspace.archived_runs()] == [RUN]


@pytest.mark.parametrize(
    ("value", "expected"), [("1.5", "'1.5'"), ("many", "'many'"), ("-1", "-1")]
)
def test_an_age_that_is_none_is_refused(ptest, value, expected):
    said = ptest("archive", f"--older-than={value}")
    assert said.code == 64
    assert f"--older-than {expected}: " in said.line


def test_a_run_in_progress_is_refused_with_the_way_out(ptest, draft):
    run = draft()
    said = ptest("archive", run.address, "--older-than", "0")
    assert said.code == 64
    assert "is in progress. `ptest resume" in said.line


@pytest.mark.parametrize("command", ["archive", "restore"])
def test_an_unknown_run_names_the_nearest_one(ptest, ended, command):
    ended()
    said = ptest(command, "CORE-001/run-2024-01-14-002")
    assert said.code == 64
    assert f"Did you mean {RUN}?" in said.line


@pytest.mark.parametrize("command", ["archive", "restore"])
def test_a_run_of_another_workspace_is_left_alone(ptest, ended, tmp_path, command):
    moved = tmp_path / "elsewhere" / "run-2024-01-14-001"
    moved.parent.mkdir()
    ended().path.rename(moved)
    said = ptest(command, moved)
    assert said.code == 64
    assert f"{moved} is not in " in said.line
    assert moved.is_dir()


def test_broken_findings_are_told_and_the_others_are_archived(ptest, ended, workspace):
    ended()
    broken = ended("CORE-001/run-2024-01-15-001")
    broken.findings.write_text("{}")
    said = ptest("archive", "--json")
    assert [row["run"] for row in said.json["runs"]] == [RUN]
    assert said.err.startswith(f"{broken.address} is left where it is: ")
    assert workspace.runs() == (broken,)
    assert ptest("archive", broken.address).code == 64


def test_archiving_twice_says_so_and_ends_what_was_interrupted(ptest, ended):
    run = ended()
    ptest("archive")
    left = run.path.parent / "archive" / f".{run.run_id}.tmp"
    left.mkdir()
    said = ptest("archive", RUN)
    assert (said.code, said.out) == (0, f"{RUN} is archived already.\n")
    assert not left.exists()
    left.write_bytes(b"half a tarball")
    assert ptest("archive", RUN, "--json").json["archived_already"] == [RUN]
    assert not left.exists()


def test_restore_brings_a_run_back(ptest, ended, workspace):
    run = ended()
    before = everything(workspace)
    ptest("archive")
    said = ptest("restore", RUN)
    log = run.logs / "run_20240114_093045_stress.log"
    assert said.out.splitlines() == [
        str(run.path),
        f"  results/logs/{log.name}: gone for good (log, 6 bytes)",
    ]
    before.pop(log)
    assert everything(workspace) == before


def test_restore_says_it_as_json_too(ptest, ended):
    run = ended()
    ptest("archive")
    assert ptest("restore", run.run_id, "--json").json == {
        "run": RUN,
        "path": str(run.path),
        "regenerated": [],
        "lost": [
            {
                "path": "results/logs/run_20240114_093045_stress.log",
                "bytes": 6,
                "reason": "log",
            }
        ],
        "changed_since": [],
    }


def test_a_damaged_archive_is_refused(ptest, ended, workspace):
    ended()
    ptest("archive")
    (tarball,) = workspace.runs_folder.rglob("*.tar.zst")
    tarball.write_bytes(tarball.read_bytes()[:-1])
    before = everything(workspace)
    said = ptest("restore", RUN)
    assert said.code == 64
    assert "is damaged" in said.line
    assert "sha256" in said.line
    assert everything(workspace) == before


@pytest.mark.parametrize(
    "command",
    [("bundle", RUN), ("resume", RUN), ("run", "CORE-001", "--in", RUN)],
    ids=lambda command: command[0],
)
def test_what_needs_the_whole_run_says_how_to_bring_it_back(ptest, ended, workspace, command):
    ended()
    ptest("archive")
    before = everything(workspace)
    said = ptest(*command)
    assert said.code == 64
    assert f"{RUN} is archived. `ptest restore {RUN}` brings it back." in said.line
    assert everything(workspace) == before


def test_archived_runs_are_listed_and_validated(ptest, ended, finding, workspace):
    ended(findings=[finding()])
    before = ptest("findings", "list", "--json").json
    ptest("archive")
    (row,) = ptest("runs", "list", "--json").json["runs"]
    assert (row["run"], row["findings"], row["archived"]) == (RUN, 1, True)
    assert ptest("runs", "list").out.splitlines()[1].endswith("archived")
    after = ptest("findings", "list", "--json").json
    assert {**after, "generated_at": None} == {**before, "generated_at": None}
    assert ptest("validate", "--json").json["runs"] == [RUN]
    (tarball,) = workspace.runs_folder.rglob("*.tar.zst")
    tarball.unlink()
    said = ptest("validate")
    assert said.code == 1
    assert "run-2024-01-14-001.tar.zst is missing" in said.out


def test_an_archived_run_is_not_mended(ptest, ended, workspace):
    ended()
    ptest("archive")
    before = everything(workspace)
    ptest("validate", "--fix", RUN)
    assert everything(workspace) == before
