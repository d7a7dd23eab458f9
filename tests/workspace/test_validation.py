import json
import shutil

import pytest

from production_testers.workspace.layout import PLACES_OF_RUN, Need
from production_testers.workspace.problems import ProblemSeverity
from production_testers.workspace.validation import validate_run


def told(run):
    return [(problem.rule.value, problem.path) for problem in validate_run(run)]


def message(run):
    (problem,) = validate_run(run)
    return problem.message


@pytest.fixture
def edit():
    def apply(path, **fields):
        path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))

    return apply


@pytest.fixture
def change_metadata():
    def apply(run, **fields):
        document = json.loads(run.findings.read_text())
        document["metadata"] |= fields
        run.findings.write_text(json.dumps(document))

    return apply


def test_a_complete_run_is_silent(complete, finding):
    assert validate_run(complete(findings=[finding()])) == ()


def test_a_draft_is_silent(draft):
    assert validate_run(draft()) == ()


REQUIRED = [p.path for p in PLACES_OF_RUN if p.need is Need.ALWAYS and not p.is_folder]


@pytest.mark.parametrize("path", REQUIRED)
def test_a_required_file_that_is_missing_is_an_error(complete, path):
    run = complete()
    (run.path / path).unlink()
    assert told(run) == [("required", path)]


@pytest.mark.parametrize(
    "path", [p.path for p in PLACES_OF_RUN if p.need is Need.WITH_FOLDER and not p.is_folder]
)
def test_a_folder_made_by_hand_that_exists_must_be_complete(complete, path):
    run = complete()
    (run.path / path).unlink()
    assert told(run) == [("required", path)]


@pytest.mark.parametrize("folder", ["mocks", "pipelines", "tests", "results"])
def test_a_folder_that_was_not_needed_may_be_missing(complete, folder):
    run = complete()
    shutil.rmtree(run.path / folder)
    assert told(run) == []


def test_the_first_run_of_an_entry_needs_its_research(complete):
    first = complete("FIN-001/run-2026-01-14-001")
    second = complete("FIN-001/run-2026-01-14-002")
    for run in (first, second):
        shutil.rmtree(run.research)
    assert told(first) == [("required", "research/")]
    assert told(second) == []


def test_a_first_run_that_broke_off_in_its_research_may_lack_some_of_it(draft, finish):
    run = draft()
    run.journal.append("run_started")
    run.research.mkdir()
    (run.research / "hypotheses.md").touch()
    finish(run, status="failed")
    run.journal.append("run_failed")
    assert told(run) == []
    finish(run)
    run.journal.append("run_completed")
    assert ("required", "research/citations.json") in told(run)


def test_an_archived_run_can_be_the_first_one(complete):
    complete("FIN-001/run-2026-01-14-001").path.rename(
        complete("FIN-001/run-2026-01-14-002").path.parent / "archive.tmp"
    )
    run = complete("FIN-001/run-2026-01-14-002")
    shutil.rmtree(run.research)
    assert told(run) == [("required", "research/")]
    (run.path.parent / "archive").mkdir()
    (run.path.parent / "archive" / "run-2026-01-14-001.tar.zst").touch()
    assert told(run) == []


def test_empty_and_ignored_folders_are_never_required(complete):
    run = complete()
    for folder in (run.logs, run.traces, run.screenshots, run.mock_data):
        shutil.rmtree(folder, ignore_errors=True)
    assert told(run) == []


def test_what_the_journal_says_was_done_must_be_there(complete):
    run = complete()
    run.journal.append("run_started")
    run.journal.append("phase_completed", phase="pipelines")
    run.journal.append("run_completed")
    shutil.rmtree(run.mocks)
    assert told(run) == []
    shutil.rmtree(run.pipelines)
    assert told(run) == [("required", "pipelines/")]


def test_what_the_journal_says_is_still_going_on_may_be_incomplete(draft):
    run = draft()
    run.journal.append("run_started")
    run.journal.append("phase_started", phase="pipelines")
    run.pipelines.mkdir()
    (run.pipelines / "baseline.py").touch()
    assert told(run) == []


def test_the_status_must_be_the_one_that_the_journal_ends_with(complete):
    run = complete()
    run.journal.append("run_started")
    run.journal.append("run_blocked")
    assert message(run) == "status is 'completed', elsewhere 'blocked'"


def test_a_broken_journal_is_told(complete):
    run = complete()
    run.events.write_text("nonsense\n")
    assert told(run) == [("journal", "results/events.jsonl")]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("findings.json", "Findings.json"),
        ("findings.json", "finding.json"),
        ("FINAL_REPORT.md", "final_report.md"),
        ("tests/test_security.py", "tests/test_securty.py"),
        ("research/hypotheses.md", "research/hypothesis.md"),
    ],
)
def test_a_misnamed_file_is_told_with_the_name_it_must_have(complete, right, wrong):
    run = complete()
    (run.path / right).rename(run.path / wrong)
    problem = validate_run(run)[0]
    assert (problem.path, problem.rule) == (wrong, "misnamed")
    assert problem.message == f"must be {right.rpartition('/')[2]}"


@pytest.mark.parametrize(
    "path",
    [
        "mocks/data/happy_path/transactions.json",
        "mocks/data/edge_cases/deeper/transactions_valid_lots.json",
        "results/traces/stress.json",
        "results/logs/stress.log",
        "tests/test_everything.py",
    ],
)
def test_a_name_without_the_form_of_its_folder_is_an_error(complete, path):
    run = complete()
    (run.path / path).parent.mkdir(parents=True, exist_ok=True)
    (run.path / path).write_text("{}")
    assert told(run) == [("naming", path)]


@pytest.mark.parametrize(
    "path",
    [
        "NOTES.md",
        "research/more.md",
        "mocks/data/manifest.json",
        "mocks/data/scale/manifest.json",
        "mocks/data/scale/README.md",
        "tests/__pycache__/test_x.pyc",
        "__pycache__/x.pyc",
        ".pytest_cache/README.md",
        "results/evidence/FIN-001-BUG-001/repro.py",
        "results/junit.xml",
        "requirements.txt",
    ],
)
def test_what_may_stand_there_is_not_told(complete, path):
    run = complete()
    (run.path / path).parent.mkdir(parents=True, exist_ok=True)
    (run.path / path).write_text("{}")
    assert told(run) == []


def test_an_unknown_folder_at_the_root_of_a_run_is_a_warning(complete):
    run = complete()
    (run.path / "scratch").mkdir()
    (problem,) = validate_run(run)
    assert (problem.path, problem.severity) == ("scratch/", ProblemSeverity.WARNING)


@pytest.mark.parametrize(
    "path",
    [
        "findings.json",
        "config/run_config.json",
        "config/environment.json",
        "dx_evaluation/scores.json",
    ],
)
def test_a_document_without_its_shape_is_an_error(complete, path):
    run = complete()
    (run.path / path).write_text("{}")
    assert {("schema", path)} == set(told(run))


@pytest.mark.parametrize(
    "path",
    [
        "research/citations.json",
        "results/metrics/latency.json",
        "results/traces/trace_20260114_093045_stress.json",
    ],
)
@pytest.mark.parametrize("text", ["", '{"a": 1}\n{"a": 2}\n', '{"a": NaN}', "[1,"])
def test_a_file_that_is_not_one_json_document_is_an_error(complete, path, text):
    run = complete()
    (run.path / path).write_text(text)
    assert told(run) == [("json", path)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "**Status**: completed",
            "**Status**: done",
            "Status must be one of in_progress, completed",
        ),
        (
            "**Status**: completed",
            "**Status**: failed",
            "Status is 'failed', elsewhere 'completed'",
        ),
        ("0 findings logged", "7 findings logged", "findings logged is 7, elsewhere 0"),
        ("0 findings logged", "no findings", "no line: - `findings.json`"),
        ("# FIN-001: ", "# FIN-002: ", "entry is 'FIN-002', elsewhere 'FIN-001'"),
        ("# FIN-001: ", "FIN-001: ", "the first line must be"),
        ("-14-001  ", "-14-002  ", "Run ID is 'run-2026-01-14-002'"),
        ("T09:00:00Z", "T09:00", "Started must be a time"),
        ("T09:05:00Z", "T09:06:00Z", "Completed is '2026-01-14T09:06:00Z'"),
        ("## Files", "## Data", "the sections must be Quick Summary, Key Findings, Files"),
    ],
)
def test_a_readme_that_says_something_else_is_an_error(complete, old, new, said):
    run = complete()
    text = run.readme.read_text()
    assert old in text
    run.readme.write_text(text.replace(old, new))
    problems = validate_run(run)
    assert {problem.path for problem in problems} == {"README.md"}
    assert any(said in problem.message for problem in problems)


def test_line_endings_of_another_system_are_no_problem(complete):
    run = complete()
    for path in (run.readme, run.findings, run.config):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert told(run) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"total_findings": 3}, "total_findings is 3, elsewhere 0"),
        ({"status": "in_progress"}, "status is in_progress, completed_at is"),
        ({"completed_at": None}, "status is completed, completed_at is None"),
        ({"roadmap_entry_id": "FIN-002"}, "roadmap_entry_id is 'FIN-002'"),
        ({"started_at": "2026-01-15T09:00:00Z"}, "date of started_at is '2026-01-15'"),
    ],
)
def test_metadata_that_contradicts_the_run_is_an_error(complete, change_metadata, fields, said):
    run = complete()
    change_metadata(run, **fields)
    assert any(said in problem.message for problem in validate_run(run))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"run_id": "run-2026-01-14-002"}, "run_id is 'run-2026-01-14-002'"),
        ({"roadmap_entry_id": "FIN-002"}, "roadmap_entry_id is 'FIN-002'"),
        ({"started_at": "2026-01-14T10:00:00Z"}, "started_at is '2026-01-14T10:00:00Z'"),
    ],
)
def test_a_configuration_of_another_run_is_an_error(complete, edit, fields, said):
    run = complete()
    edit(run.config, **fields)
    assert said in message(run)


def test_an_id_that_stands_twice_or_is_of_another_entry_is_an_error(complete, finding):
    run = complete(findings=[finding(), finding(), finding("FIN-002-BUG-001")])
    assert [problem.message for problem in validate_run(run)] == [
        "FIN-001-BUG-001 stands 2 times",
        "FIN-002-BUG-001 is no id of FIN-001",
    ]


def test_a_completed_run_that_nobody_scored_is_a_warning(complete, edit):
    run = complete()
    edit(run.scores, overall_score=None)
    (problem,) = validate_run(run)
    assert problem.severity is ProblemSeverity.WARNING


def test_an_archived_run_needs_what_is_kept_for_ever_and_no_more(complete):
    run = complete()
    kept = run.path.parent / "archive" / run.run_id
    for name in ("findings.json", "FINAL_REPORT.md", "config"):
        kept.mkdir(parents=True, exist_ok=True)
        (run.path / name).rename(kept / name)
    archived = type(run)(kept)
    assert told(archived) == []
    (kept / "findings.json").unlink()
    assert told(archived) == [("required", "findings.json")]


def test_a_run_that_was_carried_elsewhere_is_still_good(complete, tmp_path):
    run = complete()
    elsewhere = tmp_path / "inbox" / run.run_id
    shutil.copytree(run.path, elsewhere)
    assert told(type(run)(elsewhere)) == []


def test_errors_come_before_warnings(complete):
    run = complete()
    (run.path / "a-scratch").mkdir()
    (run.path / "FINAL_REPORT.md").unlink()
    assert [str(problem) for problem in validate_run(run)] == [
        "error: FINAL_REPORT.md: is missing [required]",
        "warning: a-scratch/: the folder structure has no such folder [unknown-folder]",
    ]
