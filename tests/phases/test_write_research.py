import json
from dataclasses import replace

import pytest

from production_testers.model.semantics import Citation
from production_testers.phases.research import (
    Hazard,
    HazardKind,
    HypothesisResult,
    Mission,
    Result,
    SourceCitation,
    verify_citations,
    write_research,
)
from production_testers.phases.research.markdown import code, table

MISSION = Mission(
    id="FIN-001",
    title="Fraud | detection",
    priority="P0",
    risk="Catastrophic",
    industry="Finance",
    deployment_mode="Active-Active",
)
HYPOTHESES = (
    HypothesisResult(
        id="H1",
        statement="Overlapping runs see each other's inputs.",
        law="isolation.inputs",
        kinds=("stress", "chaos"),
        result=Result.CONFIRMED,
        evidence="12 of 200 schedules broke it",
        finding_ids=("FIN-001-BUG-001",),
        source=Citation(
            quote="A run is isolated from every other run,", file="toyflow/engine.py", line=3
        ),
    ),
    HypothesisResult(
        id="H2",
        statement="A stage runs twice.",
        law="dag.once",
        kinds=("baseline",),
        result=Result.REJECTED,
        evidence="0 of 200 schedules broke it",
        source=Citation(quote="No such words.", file="toyflow/engine.py"),
    ),
)
HAZARD = Hazard(
    kind=HazardKind.BLOCKING_CALL,
    file="toyflow/engine.py",
    line=40,
    qualified_name="toyflow.engine.run",
    code_line="open(a | b)",
    statement="While `open` in `run` takes its time, nothing else runs.",
)


@pytest.fixture
def written(tmp_path, toyflow):
    folder = tmp_path / "run" / "research"
    summary = write_research(
        folder, sut=toyflow, mission=MISSION, hypotheses=HYPOTHESES, hazards=(HAZARD, HAZARD)
    )
    return summary, {path.name: path.read_text() for path in folder.iterdir()}


def test_the_five_files_of_the_specification_are_written(written):
    summary, files = written
    assert sorted(files) == sorted(summary.files)
    assert sorted(files) == [
        "citations.json",
        "hypotheses.md",
        "industry_context.md",
        "technical_context.md",
        "web_search_results.md",
    ]


def test_every_written_citation_stands(written, toyflow):
    summary, files = written
    citations = [SourceCitation(**raw) for raw in json.loads(files["citations.json"])]
    assert len(citations) == summary.citations > 2
    assert verify_citations(citations, toyflow.site_packages) == ()
    assert summary.problems == ()
    assert len({citation.id for citation in citations}) == len(citations)


def test_no_search_is_claimed_and_no_address_is_given(written):
    text = written[1]["web_search_results.md"]
    assert "No search was made" in text
    assert "http" not in text


def test_the_industry_page_says_only_what_the_entry_says(written):
    text = written[1]["industry_context.md"]
    assert "No source about an industry was read" in text
    assert "Active-Active" in text
    assert "Fraud \\| detection" in text
    assert "| `isolation.inputs` | stress, chaos | H1 confirmed |" in text


def test_hypotheses_are_numbered_with_result_evidence_and_source(written):
    text = written[1]["hypotheses.md"]
    assert "## 1. H1: confirmed" in text
    assert "12 of 200 schedules broke it" in text
    assert "> A run is isolated from every other run," in text
    assert "## 2. H2: rejected" in text
    assert "do not stand in this release" in text


def test_before_the_tests_everything_is_undecided(tmp_path, toyflow):
    waiting = replace(HYPOTHESES[0], result=Result.UNDECIDED, evidence="", finding_ids=())
    write_research(tmp_path, sut=toyflow, mission=MISSION, hypotheses=(waiting,))
    text = (tmp_path / "hypotheses.md").read_text()
    assert "Of 1 statement: 1 undecided." in text
    assert "- **Evidence**: none was recorded" in text


def test_the_scan_adds_undecided_candidates_once_each(written):
    text = written[1]["hypotheses.md"]
    assert "## Candidates from the code: undecided" in text
    assert text.count(HAZARD.statement) == 1
    assert f"| 3 | {HAZARD.statement} | `toyflow/engine.py:40` |" in text


def test_the_technical_page_tells_release_promises_and_surface(written):
    text = written[1]["technical_context.md"]
    assert "| Requires | `wheels>=2` (1 more in extras) |" in text
    assert "| Licence | MIT |" in text
    assert "“Stages never see each other's inputs.”" in text
    assert "| `Engine` | Runs stages. | `toyflow/engine.py:" in text
    assert "`open(a \\| b)`" in text


def test_without_hazards_given_the_scan_is_made(tmp_path, toyflow):
    summary = write_research(tmp_path / "r", sut=toyflow, mission=MISSION, hypotheses=())
    assert sum(summary.hazards.values()) == 0
    assert "No hypothesis was put to the test" in (tmp_path / "r" / "hypotheses.md").read_text()


def test_equal_files_give_equal_bytes(tmp_path, toyflow):
    for name in ("a", "b"):
        write_research(tmp_path / name, sut=toyflow, mission=MISSION, hypotheses=HYPOTHESES)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_foreign_text_cannot_break_a_table():
    assert table(("a",), [("x | y\nz",)]).splitlines()[-1] == "| x \\| y z |"
    assert code("a`b") == "`` a`b ``"
