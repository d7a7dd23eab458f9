import multiprocessing
from datetime import UTC, datetime, timedelta, timezone

import pytest

from production_testers.model.errors import UsageError
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.workspace import Workspace

MOMENT = datetime(2026, 1, 14, 9, tzinfo=UTC)


def addresses(runs):
    return [run.address for run in runs]


def test_numbers_count_per_entry_and_day(workspace):
    made = [
        workspace.new_run("CORE-001", MOMENT),
        workspace.new_run("CORE-001", MOMENT),
        workspace.new_run("CORE-001", MOMENT + timedelta(days=1)),
        workspace.new_run("FIN-001", MOMENT),
    ]
    assert addresses(made) == [
        "CORE-001/run-2026-01-14-001",
        "CORE-001/run-2026-01-14-002",
        "CORE-001/run-2026-01-15-001",
        "FIN-001/run-2026-01-14-001",
    ]
    assert all(run.path.is_dir() for run in made)


def test_the_day_is_that_of_utc(workspace):
    late = datetime(2026, 1, 14, 23, tzinfo=timezone(timedelta(hours=-5)))
    assert workspace.new_run("CORE-001", late).run_id == "run-2026-01-15-001"


def test_after_999_comes_1000_and_sorts_last(workspace):
    folder = workspace.runs_folder / "CORE-001"
    (folder / "run-2026-01-14-999").mkdir(parents=True)
    workspace.new_run("CORE-001", MOMENT)
    workspace.new_run("CORE-001", MOMENT)
    assert [run.run_id[-4:] for run in workspace.runs("CORE-001")] == ["-999", "1000", "1001"]


@pytest.mark.parametrize("archived", ["run-2026-01-14-007", "run-2026-01-14-007.tar.zst"])
def test_numbers_of_archived_runs_are_taken(workspace, archived):
    (workspace.runs_folder / "CORE-001" / "archive" / archived).mkdir(parents=True)
    assert workspace.new_run("CORE-001", MOMENT).run_id == "run-2026-01-14-008"


def test_a_number_that_was_skipped_is_not_filled(workspace):
    workspace.new_run("CORE-001", MOMENT).path.rmdir()
    (workspace.runs_folder / "CORE-001" / "run-2026-01-14-005").mkdir()
    assert workspace.new_run("CORE-001", MOMENT).run_id == "run-2026-01-14-006"


@pytest.mark.parametrize("entry", ["core-001", "../x", ""])
def test_a_run_of_no_entry_is_refused(workspace, entry):
    with pytest.raises(UsageError, match="no id of a roadmap entry"):
        workspace.new_run(entry, MOMENT)


def start_one(root, gate, results):
    gate.wait()
    results.put(Workspace(root).new_run("CORE-001", MOMENT).run_id)


def test_twenty_processes_that_start_at_once_get_twenty_numbers(workspace):
    context = multiprocessing.get_context("fork")
    gate, results = context.Barrier(20), context.SimpleQueue()
    arguments = (workspace.root, gate, results)
    processes = [context.Process(target=start_one, args=arguments) for _ in range(20)]
    for process in processes:
        process.start()
    got = sorted(results.get() for _ in processes)
    for process in processes:
        process.join()
    assert got == [f"run-2026-01-14-{seq:03d}" for seq in range(1, 21)]


def test_runs_are_listed_by_entry_and_start(workspace):
    for moment in (MOMENT + timedelta(days=1), MOMENT):
        for entry in ("FIN-001", "CORE-001"):
            workspace.new_run(entry, moment)
    (workspace.runs_folder / "FIN-001" / "notes").mkdir()
    assert addresses(workspace.runs()) == [
        "CORE-001/run-2026-01-14-001",
        "CORE-001/run-2026-01-15-001",
        "FIN-001/run-2026-01-14-001",
        "FIN-001/run-2026-01-15-001",
    ]
    assert addresses(workspace.runs("FIN-001")) == addresses(workspace.runs())[2:]
    assert workspace.runs("DAG-001") == ()


def test_archived_runs_are_listed_apart_under_the_address_they_had(workspace):
    (workspace.runs_folder / "CORE-001" / "archive" / "run-2025-01-01-001").mkdir(parents=True)
    active = workspace.new_run("CORE-001", MOMENT)
    (archived,) = workspace.archived_runs()
    assert archived.address == "CORE-001/run-2025-01-01-001"
    assert archived.is_archived
    assert workspace.runs() == (active,)
    assert workspace.all_runs() == (archived, active)


def test_a_run_is_found_by_address_by_id_and_by_path(workspace, monkeypatch):
    run = workspace.new_run("CORE-001", MOMENT)
    monkeypatch.chdir(run.path.parent)
    for address in (
        "CORE-001/run-2026-01-14-001",
        "CORE-001/run-2026-01-14-001/",
        "run-2026-01-14-001",
        "runs/CORE-001/run-2026-01-14-001",
        "./run-2026-01-14-001",
        str(run.path),
    ):
        assert workspace.run(address) == run, address


def test_a_bare_id_that_fits_several_runs_is_refused_and_they_are_listed(workspace):
    workspace.new_run("CORE-001", MOMENT)
    workspace.new_run("FIN-001", MOMENT)
    with pytest.raises(
        UsageError,
        match="fits 2 runs: CORE-001/run-2026-01-14-001, FIN-001/run-2026-01-14-001",
    ):
        workspace.run("run-2026-01-14-001")


@pytest.mark.parametrize("address", ["CORE-001/run-2026-01-14-009", "runs", "", "/"])
def test_a_run_that_does_not_exist_is_a_clear_error(workspace, address):
    with pytest.raises(UsageError, match="There is no run"):
        workspace.run(address)


def test_an_archived_run_is_found_by_the_address_it_had(workspace):
    path = workspace.runs_folder / "CORE-001" / "archive" / "run-2025-01-01-001"
    path.mkdir(parents=True)
    assert workspace.run("CORE-001/run-2025-01-01-001").path == path


def test_a_folder_of_another_name_is_no_run(tmp_path):
    with pytest.raises(UsageError, match="run-YYYY-MM-DD-SEQ"):
        RunFolder(tmp_path)


def test_a_draft_is_whole_from_the_first_second(draft):
    run = draft()
    assert run.read_findings().metadata.status.value == "in_progress"
    assert run.read_findings().findings == ()
    assert run.read_config().run_id == run.run_id
    assert run.read_environment().memory_gb == 8
    assert run.read_scores().overall_score is None
    assert "**Status**: in_progress  \n" in run.readme.read_text()
    assert "**Completed**: —  \n" in run.readme.read_text()
    for path in (run.final_report, run.friction_points, run.suggestions):
        assert "Draft" in path.read_text()


def test_two_runs_have_two_uuids_and_one_run_has_one(draft):
    first, again, second = (
        draft(address).read_findings().metadata.agent_run_id
        for address in (
            "FIN-001/run-2026-01-14-001",
            "FIN-001/run-2026-01-14-001",
            "FIN-001/run-2026-01-14-002",
        )
    )
    assert first == again != second


def test_a_configuration_of_another_run_is_refused(draft):
    run = draft()
    other = RunFolder(run.path.with_name("run-2026-01-14-002"))
    with pytest.raises(UsageError, match=r"FIN-001/run-2026-01-14-001.*FIN-001/run-2026-01-14-002"):
        other.draft(config=run.read_config(), environment=run.read_environment())
    assert not other.path.exists()


def test_traces_and_logs_of_one_second_take_the_next_free_one(draft):
    run = draft()
    just_before_midnight = datetime(2026, 1, 14, 23, 59, 59, tzinfo=UTC)
    for free in (run.free_trace, run.free_log):
        for _ in range(2):
            path = free(just_before_midnight, "stress")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    assert [path.name for path in sorted(run.results.rglob("*_stress.*"))] == [
        "run_20260114_235959_stress.log",
        "run_20260115_000000_stress.log",
        "trace_20260114_235959_stress.json",
        "trace_20260115_000000_stress.json",
    ]


def test_a_workspace_is_equal_to_itself_and_has_no_other_state(workspace):
    assert Workspace(workspace.root) == workspace
