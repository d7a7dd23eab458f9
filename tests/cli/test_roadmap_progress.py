"""`ptest roadmap next` and `ptest roadmap coverage`."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from production_testers.cli.commands.roadmap import choose, is_conclusive
from production_testers.experiments.recipes import RECIPES
from production_testers.workspace.roadmap import Roadmap

HEAD = "## Tier 1\n\n### A: Any\n\n| ID | Target | Priority | Risk |\n|-|-|-|-|\n"

SHIPPED = Path(str(files("production_testers.workspace") / "root" / "ROADMAP.md"))
ALIKE = sum(
    entry.id in RECIPES and (entry.priority, entry.risk) == ("P0", "Catastrophic")
    for entry in Roadmap.parse(SHIPPED.read_text()).entries
)
"""Entries that nothing but their place tells apart before the first run."""


def entries(*rows):
    lines = [f"| {entry} | t | {priority} | {risk} |\n" for entry, priority, risk in rows]
    return Roadmap.parse(HEAD + "".join(lines)).entries


@pytest.fixture
def completed(draft):
    """Makes runs that ended, with results as the mission leaves them."""

    def make(address, findings=(), *, exercised=None, left_out=0):
        run = draft(address, findings)
        text = run.findings.read_text()
        run.findings.write_text(text.replace('"status": "in_progress"', '"status": "completed"'))
        if exercised is not None:
            laws = {law: {"exercised": count} for law, count in exercised.items()}
            kind = {"planned": 9, "schedules": 9 - left_out, "left_out": 0, "laws": laws}
            run.results.mkdir(exist_ok=True)
            (run.results / "exploration.json").write_text(json.dumps({"chaos": kind}))
        return run

    return make


def enough(entry):
    return {need.law: need.minimum for need in RECIPES[entry].requires}


@pytest.mark.parametrize(
    ("rows", "runs", "expected"),
    [
        ([("AAA-001", "P0", "Catastrophic"), ("DAG-009", "P1", "High")], {}, "DAG-009"),
        ([("AAA-001", "P1", "Catastrophic"), ("AAA-002", "P0", "Low")], {}, "AAA-002"),
        ([("AAA-001", "P0", "Severe"), ("AAA-002", "P1", "Low")], {"AAA-001": 1}, "AAA-002"),
        (
            [("AAA-001", "P0", "High"), ("AAA-002", "P0", "Severe")],
            {"AAA-001": 1, "AAA-002": 9},
            "AAA-002",
        ),
        (
            [("AAA-001", "P0", "Low"), ("AAA-002", "P0", "Low")],
            {"AAA-001": 2, "AAA-002": 1},
            "AAA-002",
        ),
        ([("AAA-002", "P0", "Low"), ("AAA-001", "P0", "Low")], {}, "AAA-002"),
    ],
    ids=["own recipe", "priority", "no run yet", "risk", "completed runs", "order in the file"],
)
def test_each_part_of_the_rule_decides_where_those_before_it_do_not(rows, runs, expected):
    assert choose(entries(*rows), runs).id == expected


def test_a_roadmap_without_entries_has_no_next_one(ptest, workspace):
    workspace.roadmap_file.write_text("# Roadmap\n")
    said = ptest("roadmap", "next")
    assert said.code == 64
    assert "has no entry" in said.line


def test_next_gives_its_reason_in_one_line(ptest, draft, completed):
    assert ptest("roadmap", "next").out.splitlines()[1:] == [
        "Why: a recipe of its own, P0, Catastrophic, 0 completed runs;"
        f" the first of {ALIKE} alike in the file.",
        "Run: ptest run CORE-001",
    ]
    draft()  # a run in progress is not completed
    assert ptest("roadmap", "next", "--json").json["id"] == "CORE-001"
    completed("CORE-001/run-2026-01-15-001")
    told = ptest("roadmap", "next", "--json").json
    assert (told["id"], told["recipe"], told["completed_runs"]) == ("CORE-008", "CORE-008", 0)
    assert told["reason"].endswith(f"the first of {ALIKE - 1} alike in the file.")


def test_coverage_counts_what_was_run_and_what_was_answered(ptest, draft, completed, finding):
    draft("CORE-002/run-2026-01-14-001")
    completed("CORE-001/run-2026-01-14-001", [finding()], exercised=enough("CORE-001"))
    completed("CORE-001/run-2026-01-15-001", [finding()])
    completed("DAG-009/run-2026-01-14-001", exercised={})
    completed("DAG-008/run-2026-01-14-001", exercised=enough("DAG-008"), left_out=1)
    document = ptest("roadmap", "coverage", "--json").json
    sections = {row["section"].partition(":")[0]: row for row in document["sections"]}
    core = sections["CORE"]
    assert core["tier"] == "Tier 1: The executor"
    assert (core["entries"], core["own_recipe"], core["run"], core["conclusive"]) == (
        10,
        sum(entry.startswith("CORE-") for entry in RECIPES),
        2,
        1,
    )
    assert core["open_findings"] == {"critical": 0, "high": 1, "medium": 0, "low": 0, "info": 0}
    assert (sections["DAG"]["run"], sections["DAG"]["conclusive"]) == (2, 0)
    assert document["total"]["run"] == 4
    assert document["total"]["entries"] == sum(row["entries"] for row in document["sections"])


def test_costs_are_among_what_was_exercised(ptest, completed):
    run = completed("DAG-006/run-2026-01-14-001", exercised={"scale/depth": 4})
    conclusive = lambda: ptest("roadmap", "coverage", "--json").json["total"]["conclusive"]  # noqa: E731
    assert conclusive() == 0
    run.metrics.mkdir()
    costs = {"chain": {"verdicts": {"cost/operations-per-stage": {"exercised": 3}}}}
    (run.metrics / "cost.json").write_text(json.dumps(costs))
    assert conclusive() == 1


def test_a_resolved_finding_is_open_no_more(ptest, completed, finding):
    completed("CORE-001/run-2026-01-14-001", [finding(status="resolved")])
    total = ptest("roadmap", "coverage", "--json").json["total"]
    assert not any(total["open_findings"].values())


@pytest.mark.parametrize("text", ["[]", '{"chaos": 7}', '{"chaos": {"laws": {}}}'])
def test_results_of_another_form_are_not_conclusive(ptest, completed, text):
    run = completed("CORE-001/run-2026-01-14-001", exercised=enough("CORE-001"))
    (run.results / "exploration.json").write_text(text)
    assert ptest("roadmap", "coverage", "--json").json["total"]["conclusive"] == 0


def test_broken_results_are_named(ptest, completed):
    run = completed("CORE-001/run-2026-01-14-001", exercised={})
    (run.results / "exploration.json").write_text("{")
    said = ptest("roadmap", "coverage")
    assert said.code == 64
    assert "exploration.json" in said.err


def test_coverage_is_shown_by_tier_and_section_and_writes_nothing(
    ptest, workspace, completed, finding
):
    completed("CORE-001/run-2026-01-14-001", [finding()])
    before = workspace.aggregate_file.read_bytes()
    lines = ptest("roadmap", "coverage").out.splitlines()
    assert lines[0].split("  ")[0] == "SECTION"
    assert lines[1].startswith("Tier 1: The executor")
    assert lines[2].startswith("  CORE: ")
    assert lines[2].endswith("1 high")
    assert lines[-1].split()[0] == "All"
    assert workspace.aggregate_file.read_bytes() == before


@pytest.mark.parametrize(
    ("held", "answered"),
    [("held", True), ("not held", True), ("inconclusive", False), (None, False)],
)
def test_an_entry_about_an_experiment_is_answered_by_one_that_showed_something(
    completed, held, answered
):
    run = completed("WORK-006/run-2026-01-14-001", exercised=enough("WORK-006"))
    if held is not None:
        run.metrics.mkdir(parents=True, exist_ok=True)
        (run.metrics / "recovery.json").write_text(json.dumps({"held": held}))
    assert is_conclusive(run, RECIPES["WORK-006"]) is answered


def test_chaos_in_which_nothing_happened_answers_nothing(completed):
    run = completed("DAG-009/run-2026-01-14-001", exercised=enough("DAG-009"))
    assert is_conclusive(run, RECIPES["DAG-009"])
    path = run.results / "exploration.json"
    document = json.loads(path.read_text())
    document["chaos"]["why_inconclusive"] = "none of the 3 planned faults happened"
    path.write_text(json.dumps(document))
    assert not is_conclusive(run, RECIPES["DAG-009"])
