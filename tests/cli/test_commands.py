"""What each command shows, and with which exit code."""

import json
import subprocess
import sys

import pytest

import production_testers
from production_testers.workspace.atomic import write_json
from production_testers.workspace.proposals import (
    ProposalSource,
    ProposalState,
    keep_proposal,
    new_proposal,
)

# A wrong executor cannot be named after --sut, but stage functions live in the worker: this one
# makes the reference execute every later stage twice.
WRONG = """\
from production_testers.experiments.stages import give
from production_testers.suts.reference import executor

right = executor.Execution._in_time

async def twice(self, stage, call):
    await right(self, stage, call)
    return await right(self, stage, call)

executor.Execution._in_time = twice
"""


@pytest.mark.slow
def test_init_twice_keeps_every_edit(ptest, tmp_path):
    place = tmp_path / "new"
    first = ptest("init", place, "--json").json
    assert first == {"workspace": str(place), "entries": first["entries"]}
    assert first["entries"] > 100
    edited = [place / "ROADMAP.md", place / "templates" / "mock_data" / "README.md"]
    for path in edited:
        path.write_text(path.read_text() + "\nMine.\n")
    (place / "REPORTING_SCHEMA.md").unlink()
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert ptest("init", place).code == 0
    after = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert after.pop(place / "REPORTING_SCHEMA.md")
    assert after == before


def test_init_says_what_to_do_next(ptest, tmp_path):
    said = ptest("init", tmp_path / "new")
    assert said.code == 0
    assert "Next: ptest run CORE-001" in said.out


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        (("roadmap", "list"), {"entries"}),
        (("roadmap", "show", "DAG-009"), {"id", "title", "question", "requires", "runs"}),
        (("findings", "list"), {"findings", "total_findings", "by_severity"}),
        (("findings", "show", "CORE-001-BUG-001"), {"id", "title", "severity", "status"}),
        (("runs", "list"), {"runs"}),
        (("aggregate",), {"findings", "total_runs"}),
        (("validate",), {"runs", "problems", "damaged"}),
        (("data", "requests", "--size", "5"), {"path", "records", "sha256"}),
        (("init", "elsewhere"), {"workspace", "entries"}),
        pytest.param(
            ("new", "CORE-002", "--sut", "reference"),
            {"entry", "run_id", "run_dir"},
            marks=pytest.mark.slow,
        ),
    ],
)
def test_json_is_one_document_and_nothing_else(ptest, draft, finding, command, keys):
    draft(findings=[finding()])
    said = ptest(*command, "--json")
    assert said.code == 0
    assert keys <= set(said.json)


def test_the_roadmap_is_listed_with_runs_and_recipes(ptest, draft):
    draft()
    entries = {entry["id"]: entry for entry in ptest("roadmap", "list", "--json").json["entries"]}
    assert entries["CORE-001"]["runs"] == 1
    assert entries["CORE-001"]["recipe"] == "CORE-001"
    assert entries["CORE-002"]["runs"] == 0
    assert entries["LLM-OPS-001"]["recipe"] == "general"
    lines = ptest("roadmap", "list").out.splitlines()
    assert lines[0].split() == ["ID", "PRIORITY", "RISK", "RECIPE", "RUNS", "TARGET"]
    assert len(lines) == len(entries) + 1


def test_an_entry_is_shown_with_what_would_answer_it(ptest, draft):
    run = draft()
    own = ptest("roadmap", "show", "CORE-001").out
    assert "needs merge/timing-independent, 100 times" in own
    assert run.address in own
    assert "inconclusive" not in own
    assert "inconclusive at best" in ptest("roadmap", "show", "LLM-OPS-001").out


def test_findings_are_listed_once_and_shown_in_full(ptest, draft, finding):
    draft(findings=[finding(description="Expected both.")])
    draft("CORE-001/run-2026-01-15-001", findings=[finding(description="Expected both, again.")])
    assert ptest("findings", "list", "--json").json["total_findings"] == 1
    assert "CORE-001-BUG-001  high" in ptest("findings", "list").out
    shown = ptest("findings", "show", "CORE-001-BUG-001").out
    assert "Expected both, again." in shown  # of the latest run
    assert "verified: 3 of 3" in shown
    assert "ptest replay CORE-001-BUG-001" in shown


def test_what_is_no_finding_is_counted_and_listed_with_its_reason(ptest, draft):
    run = draft()
    rejected = {
        "law": "dag/runs-once",
        "outcome_class": "stage-ran-twice",
        "steps": [
            {"state": "proposed", "passed": True, "detail": "schedule 1"},
            {"state": "attributed", "passed": False, "detail": "the reference, too"},
        ],
    }
    write_json(run.evidence / "rejected.json", {"rejected": [rejected]})
    for state in (ProposalState.UNDECIDED, ProposalState.PROMOTED):
        proposal = new_proposal(run, ProposalSource.COMMAND, law="dag/runs-once")
        keep_proposal(run, proposal.judged(state, "2 of 5"))
    told = ptest("findings", "list").out.splitlines()[-1]
    assert told.startswith("Not findings: 1 candidate rejected, 1 proposal undecided.")
    listed = ptest("findings", "list", "--rejected")
    assert "not attributed: the reference, too" in listed.out
    rows = ptest("findings", "list", "--rejected", "--json").json["rejected"]
    assert [(one["what"], one["state"], one["reason"]) for one in rows] == [
        ("stage-ran-twice", "rejected", "not attributed: the reference, too"),
        ("proposal-001", "undecided", "2 of 5"),
    ]


def test_a_finding_is_listed_with_its_state_and_since_when_it_is_there(ptest, draft, finding):
    evidence = {"state": "ranged", "range": {"first_bad": "0.8.0"}}
    plain = finding("CORE-001-BUG-002", evidence={"fingerprint": "b" * 16})
    draft(findings=[finding(evidence=evidence), plain])
    first, second = ptest("findings", "list").out.splitlines()[1:3]
    assert first.split()[:5] == ["CORE-001-BUG-001", "high", "confirmed", "ranged", "0.8.0"]
    assert second.split()[3:5] == ["—", "—"]
    shown = ptest("findings", "show", "CORE-001-BUG-002").out
    assert "Not ranged: other releases were not asked." in shown
    assert "ptest bisect CORE-001-BUG-002" in shown


def test_runs_are_listed_damaged_ones_too(ptest, draft):
    draft()
    draft("CORE-001/run-2026-01-15-001").findings.unlink()
    runs = ptest("runs", "list", "--json").json["runs"]
    assert [run["status"] for run in runs] == ["in_progress", "damaged"]
    assert "damaged" in ptest("runs", "list").out


def test_aggregate_writes_the_document_that_it_prints(ptest, workspace, draft, finding):
    draft(findings=[finding()])
    printed = ptest("aggregate", "--json").json
    assert json.loads(workspace.aggregate_file.read_text()) == printed
    assert "1 findings of 1 runs" in ptest("aggregate").out


def test_validate_is_silent_where_all_is_fine_and_tells_damage(ptest, draft):
    run = draft()
    fine = ptest("validate")
    assert (fine.code, fine.out, fine.err) == (0, "", "")
    run.readme.unlink()
    damaged = ptest("validate", run.address)
    assert damaged.code == 1
    assert f"{run.address}: error: README.md" in damaged.out
    document = ptest("validate", "--json")
    assert document.code == 1
    assert document.json["damaged"] is True
    assert document.json["problems"][0]["path"] == "README.md"


def test_a_warning_is_told_but_no_damage(ptest, draft):
    (draft().path / "notes").mkdir()
    said = ptest("validate")
    assert said.code == 0
    assert "warning: notes" in said.out


def test_equal_seeds_give_equal_data(ptest, tmp_path):
    made = [
        ptest("data", "transactions", "--size", "20", "--seed", seed, "--out", place, "--json").json
        for seed, place in ((7, tmp_path / "a"), (7, tmp_path / "b"), (8, tmp_path / "c"))
    ]
    assert made[0]["sha256"] == made[1]["sha256"] != made[2]["sha256"]
    records = json.loads((tmp_path / "a" / "transactions_valid_20.json").read_text())
    assert len(records) == 20
    manifest = tmp_path / "a" / "transactions_valid_20.json.manifest.json"
    assert json.loads(manifest.read_text())["sha256"] == made[0]["sha256"]


def test_data_of_lines_goes_to_the_current_folder(ptest, workspace):
    said = ptest("data", "requests", "--size", "3", "--format", "jsonl")
    file = workspace.root / "requests_valid_3.jsonl"
    assert said.out.startswith(f"{file}: 3 records, sha256 ")
    assert len([json.loads(line) for line in file.read_text().splitlines()]) == 3


@pytest.mark.slow
def test_new_scaffolds_and_executes_nothing(ptest, workspace):
    said = ptest("new", "CORE-001", "--sut", "reference", "--seed", "9")
    assert said.code == 0
    (run,) = workspace.runs()
    assert said.out.splitlines() == [
        str(run.path),
        f"Edit its files, then: ptest resume {run.address}",
    ]
    assert run.read_findings().metadata.status.value == "in_progress"
    assert (run.pipelines / "baseline.py").is_file()
    assert not (run.results / "exploration.json").exists()
    assert ptest("validate").out == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("law", "code", "shows"),
    [("dag/dependencies-first", 0, False), ("timing/timeout-enforced", 2, None)],
    ids=["the law holds", "nothing to judge"],
)
def test_replay_tells_by_its_exit_code(ptest, tmp_path, evidence, law, code, shows):
    (tmp_path / "evidence.json").write_text(json.dumps(evidence(law)))
    said = ptest("replay", tmp_path, "--json")
    assert said.code == code
    assert said.json["shows"] is shows
    assert said.json["exit_code"] == code
    assert said.json["same_history"] is False


@pytest.mark.slow
def test_replay_shows_a_break_on_a_wrong_executor(ptest, draft, evidence):
    run = draft()
    (run.pipelines).mkdir()
    (run.pipelines / "wrong.py").write_text(WRONG)
    made = evidence("dag/runs-once", "stage-ran-twice", function="pipelines.wrong:give")
    folder = run.evidence_of("CORE-001-BUG-001")
    folder.mkdir(parents=True)
    (folder / "evidence.json").write_text(json.dumps(made))
    said = ptest("replay", "CORE-001-BUG-001", "--json")
    assert said.code == 1, said.err
    assert said.json["shows"] is True
    again = ptest("replay", "CORE-001-BUG-001")
    assert again.code == 1
    assert "It shows again on reference" in again.out
    assert "Pipeline: 2 stages: s0 (give), s1 (give) after s0." in again.out


@pytest.mark.slow
def test_doctor_lists_every_check(ptest, monkeypatch, tmp_path):
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv("PTEST_CACHE", str(tmp_path / "cache"))
    said = ptest("doctor", "--json")
    checks = said.json["checks"]
    assert said.code == 1
    assert {name for name, check in checks.items() if not check["ok"]} == {
        "cache",
        "stageflow-core",  # it is installed in the cache
    }
    assert checks["reference"]["detail"].startswith("built in")
    assert "entries" in checks["workspace"]["detail"]
    assert "PROBLEM  cache" in ptest("doctor").out


@pytest.mark.slow
def test_the_module_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "production_testers", "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"{production_testers.__version__}\n",
        "",
    )


@pytest.mark.slow
def test_help_comes_quickly_because_it_loads_little():
    program = (
        "import sys; from production_testers.cli.app import call; code = call(['--help']);"
        "print(code, *(m for m in ('pydantic', 'stageflow', 'jinja2') if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert lines[0] == "Usage: ptest COMMAND"
    assert lines[-1] == "0"
