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
from production_testers.phases.research.decisions import RULES
from production_testers.phases.research.hazard import HazardGroup
from production_testers.phases.research.hypotheses import IN_FULL_MAX
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
        id="H-001",
        statement="Overlapping runs see each other's inputs.",
        laws=("isolation.inputs",),
        kinds=("stress", "chaos"),
        result=Result.CONFIRMED,
        evidence="12 of 200 schedules broke it",
        finding_ids=("FIN-001-BUG-001",),
        source=Citation(
            quote="A run is isolated from every other run,", file="toyflow/engine.py", line=3
        ),
    ),
    HypothesisResult(
        id="H-002",
        statement="A stage runs twice.",
        laws=("dag.once",),
        kinds=("baseline",),
        result=Result.REJECTED,
        evidence="0 of 200 schedules broke it",
        source=Citation(quote="No such words.", file="toyflow/engine.py"),
    ),
)
HAZARD = Hazard(
    kind=HazardKind.BLOCKING_CALL,
    file="toyflow/engine.py",
    line=32,
    qualified_name="toyflow.engine.Engine.execute",
    code_line="try:",
    statement="While `open` in `a | b` takes its time, nothing else runs.",
    lines=(32, 32),
)
ABOUT_CODE = HypothesisResult(
    id="H-003",
    statement=HAZARD.statement,
    laws=(),
    kinds=("stress",),
    result=Result.UNDECIDED,
    evidence="no law judges it",
    hazard=HazardGroup(hazards=(HAZARD, replace(HAZARD, line=31, code_line="async def"))),
    scenario="the call takes long",
    example="stress/3",
)


@pytest.fixture
def written(tmp_path, toyflow):
    folder = tmp_path / "run" / "research"
    summary = write_research(
        folder,
        sut=toyflow,
        mission=MISSION,
        hypotheses=(*HYPOTHESES, ABOUT_CODE),
        hazards=(HAZARD, HAZARD),
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
    assert "| `isolation.inputs` | stress, chaos | H-001 confirmed |" in text


def test_hypotheses_are_numbered_with_result_evidence_and_source(written):
    text = written[1]["hypotheses.md"]
    assert "## H-001: confirmed" in text
    assert "12 of 200 schedules broke it" in text
    assert "> A run is isolated from every other run," in text
    assert "## H-002: rejected" in text
    assert "do not stand in this release" in text


def test_before_the_tests_everything_is_undecided(tmp_path, toyflow):
    waiting = replace(HYPOTHESES[0], result=Result.UNDECIDED, evidence="", finding_ids=())
    write_research(tmp_path, sut=toyflow, mission=MISSION, hypotheses=(waiting,))
    text = (tmp_path / "hypotheses.md").read_text()
    assert "| Together | 0 | 0 | 1 | 1 |" in text
    assert "Confirmed:" not in text
    assert "- **Evidence**: none was recorded" in text


def test_the_counts_stand_at_the_top(written):
    top = written[1]["hypotheses.md"].partition("## H-001")[0]
    assert "| Laws | 1 | 1 | 0 | 2 |" in top
    assert "| Code that looks risky | 0 | 0 | 1 | 1 |" in top
    assert "Confirmed: H-001 (`FIN-001-BUG-001`)." in top
    assert RULES in top


def test_a_hypothesis_about_code_quotes_it_and_says_how_it_is_tested(written):
    section = written[1]["hypotheses.md"].partition("## H-003: undecided")[2]
    assert HAZARD.statement in section
    assert "Because of `toyflow/engine.py:32`, `:31` (C" in section
    assert "    try:\n    async def\n" in section
    assert "no law; it would need scenarios in which the call takes long; `stress/3`" in section
    assert "- **Evidence**: no law judges it" in section


def test_a_flagged_line_is_cited_with_its_release(written):
    (cited,) = (c for c in json.loads(written[1]["citations.json"]) if c["quote"] == "try:")
    assert (cited["file"], cited["line_start"]) == ("toyflow/engine.py", 32)
    assert cited["release"] == "toy.flow==1.2.0"
    assert cited["title"] == "code of toyflow.engine.Engine.execute"


def test_words_that_two_hypotheses_start_from_are_cited_once(tmp_path, toyflow):
    twice = (HYPOTHESES[0], replace(HYPOTHESES[0], id="H-002"))
    write_research(tmp_path, sut=toyflow, mission=MISSION, hypotheses=twice)
    quotes = [cited["quote"] for cited in json.loads((tmp_path / "citations.json").read_text())]
    assert len(quotes) == len(set(quotes))
    assert (tmp_path / "hypotheses.md").read_text().count(f"> {HYPOTHESES[0].source.quote}") == 2


def test_what_does_not_fit_in_full_stands_in_a_table(tmp_path, toyflow):
    many = [replace(ABOUT_CODE, id=f"H-{n:03}") for n in range(1, IN_FULL_MAX + 3)]
    write_research(tmp_path, sut=toyflow, mission=MISSION, hypotheses=many, hazards=(HAZARD,))
    text = (tmp_path / "hypotheses.md").read_text()
    assert text.count("- **Test**:") == IN_FULL_MAX
    assert "## The other 2" in text
    assert f"| H-{IN_FULL_MAX + 2:03} | While `open` in `a \\| b`" in text


def test_the_technical_page_tells_release_promises_and_surface(written):
    text = written[1]["technical_context.md"]
    assert "| Requires | `wheels>=2` (1 more in extras) |" in text
    assert "| Licence | MIT |" in text
    assert "“Stages never see each other's inputs.”" in text
    assert "| `Engine` | Runs stages. | `toyflow/engine.py:" in text
    assert "While `open` in `a \\| b`" in text


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
