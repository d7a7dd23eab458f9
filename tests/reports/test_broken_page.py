"""The page for maintainers: data and verdicts, and nothing that nobody judged."""

import json
from pathlib import Path

import pytest

from production_testers.laws import LAWS
from production_testers.model.errors import InvalidDocumentError
from production_testers.phases.broken import VERDICTS, ways_of
from production_testers.reports.broken_page import (
    JUDGEMENTS,
    OPEN,
    Verdicts,
    broken_page,
    read_verdicts,
)

DOCS = Path(__file__).parents[2] / "docs" / "findings"
RELEASE = "1.2.0"
KEY = "dag/runs-once: stage-never-ran"


@pytest.fixture(scope="module")
def kept():
    return json.loads((DOCS / f"{RELEASE}.json").read_text())


@pytest.fixture(scope="module")
def verdicts():
    return read_verdicts(DOCS / VERDICTS)


def test_the_page_in_the_documentation_is_that_of_its_documents(kept, verdicts):
    matrix = json.loads((DOCS / "matrix.json").read_text())
    assert (DOCS / f"{RELEASE}.md").read_text() == broken_page(kept, matrix, verdicts)


def test_every_finding_has_a_verdict_and_every_verdict_is_of_a_law(kept, verdicts):
    assert set(ways_of(kept)) <= set(verdicts.of)
    for key in verdicts.of:
        law, _, way = key.partition(": ")
        assert way in LAWS[law].classes, key


def test_a_matter_of_taste_is_an_improvement_and_low_and_a_defect_is_not(kept, verdicts):
    for one, way in zip(kept["findings"], ways_of(kept), strict=True):
        judgement, _ = verdicts.of[way]
        is_taste = one["type"] in ("improvement", "dx")
        assert is_taste is (judgement == "taste"), way
        assert not is_taste or one["severity"] == "low", way


def test_every_finding_has_a_script_or_says_why_not(kept):
    for one in kept["findings"]:
        script = one["script"]
        assert script.get("why_not") or (DOCS / script["file"]).is_file(), one["title"]
    files = {one["script"].get("file") for one in kept["findings"]} - {None}
    assert {f"scripts/{path.name}" for path in (DOCS / "scripts").glob("*.py")} == files


def small(**more):
    law, way = KEY.split(": ")
    one = {
        "law": law,
        "outcome_class": way,
        "capability": LAWS[law].capability.value,
        "title": "A stage is never executed",
        "severity": "critical",
        "type": "bug",
        "component": "engine.run",
        "fingerprint": "f" * 16,
        "scenario": ["One run, r0."],
        "seen": "never executed",
        "range": "Present since 1.",
        "confidence": "high",
        "promise": "“It runs” (engine.py:3)",
        "recipe": "CORE-001",
        "script": {"why_not": "it is latent"},
        **more,
    }
    return {"sut": "engine", "release": "2", "findings": [one]}


def matrix(**cells):
    idle = {"state": "unknown", "schedules": 0, "exercised": 0, "ways": []}
    return {
        "tier": "quick",
        "seed": 0,
        "releases": ["1", "2"],
        "schedules": {"2": {"schedules": 7}},
        "capabilities": {"2": ["dag"]},
        "cells": {law: {"2": cell} for law, cell in {"dag/runs-once": idle, **cells}.items()},
    }


def test_what_nobody_judged_says_so():
    page = broken_page(small(), matrix(), Verdicts(of={}))
    assert f"**Verdict: {OPEN}.**\n" in page
    assert "- No script: it is latent.\n" in page
    assert "- `dag/runs-once`: no schedule of the plan reached it." in page


def test_what_only_longer_plans_show_stands_behind_the_rest():
    written = Verdicts(of={"dag/status-effect: retry-is-success": ("defect", "Because.")})
    page = broken_page(small(), matrix(), written)
    assert "## Seen by longer plans" in page
    assert "(`dag/status-effect`, retry-is-success; high). defect: Because." in page


def test_the_written_words_stand_on_the_page():
    written = Verdicts(
        of={KEY: ("taste", "As documented.")},
        preface="Graphs are kept.",
        not_exercised={"dag/runs-once": "it needs a crash"},
        not_covered=("No real network.",),
    )
    page = broken_page(small(), matrix(), written)
    for words in (
        "**Verdict: matter of taste.** As documented.",
        "Graphs are kept.",
        "- `dag/runs-once`: it needs a crash.",
        "- No real network.",
    ):
        assert words in page


@pytest.mark.parametrize(
    "text",
    [
        "verdicts = 3 =",
        f'[verdicts."{KEY}"]\njudgement = "bug"\nreason = "r"',
        f'[verdicts."{KEY}"]\njudgement = "{JUDGEMENTS[0]}"',
    ],
)
def test_verdicts_that_are_none_are_refused(text, tmp_path):
    (tmp_path / VERDICTS).write_text(text)
    with pytest.raises(InvalidDocumentError):
        read_verdicts(tmp_path / VERDICTS)
