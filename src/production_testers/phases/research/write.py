"""Fills `research/`: reads the installed files, decides what to say, and writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from production_testers.phases.research.citations import SourceCitation, locate, verify_citations
from production_testers.phases.research.context import industry_document, web_search_document
from production_testers.phases.research.hazard import Hazard, HazardKind
from production_testers.phases.research.hypotheses import hypotheses_document
from production_testers.phases.research.mission import HypothesisResult, Mission
from production_testers.phases.research.promises import Promise, find_promises
from production_testers.phases.research.scan import count_by_kind, scan
from production_testers.phases.research.source import InstalledSut, SutSource, read_source
from production_testers.phases.research.technical import technical_document
from production_testers.workspace.atomic import write_json, write_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchSummary:
    """What the research phase read and wrote.

    Attributes:
        files: The files it wrote, by name.
        modules: How many modules it read.
        promises: How many sentences a test can hold the framework to.
        citations: How many quotes stand in `citations.json`, all of them checked.
        hazards: How many places of each kind.
        problems: Quotes that could not be found where they should stand; they are left out.
    """

    files: tuple[str, ...]
    modules: int
    promises: int
    citations: int
    hazards: dict[HazardKind, int]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Research:
    """The five documents, decided and not yet written.

    Attributes:
        texts: File name → Markdown.
        citations: What `citations.json` will hold.
        summary: What the caller is told.
    """

    texts: dict[str, str]
    citations: tuple[SourceCitation, ...]
    summary: ResearchSummary


def write_research(
    folder: Path,
    *,
    sut: InstalledSut,
    mission: Mission,
    hypotheses: Sequence[HypothesisResult],
    hazards: Sequence[Hazard] | None = None,
    read_at: str | None = None,
) -> ResearchSummary:
    """Write the five files of `research/` into `folder`.

    Args:
        folder: The run's `research/`; made when it is not there.
        sut: Where the release is installed.
        mission: The roadmap entry.
        hypotheses: What the tests decided; empty before they have run.
        hazards: What a scan found before; None scans now.
        read_at: The moment of reading, ISO 8601 in UTC, for the citations.
    """
    source = read_source(sut)
    research = compose(
        source,
        mission=mission,
        hypotheses=hypotheses,
        hazards=scan(source) if hazards is None else hazards,
        read_at=read_at,
    )
    for name, text in research.texts.items():
        write_text(folder / name, text)
    write_json(folder / "citations.json", [citation.as_json() for citation in research.citations])
    return research.summary


def compose(
    source: SutSource,
    *,
    mission: Mission,
    hypotheses: Sequence[HypothesisResult],
    hazards: Sequence[Hazard],
    read_at: str | None = None,
) -> Research:
    """Everything that `write_research` writes."""
    promised = [(p, _of_promise(n, p, read_at)) for n, p in enumerate(find_promises(source), 1)]
    started = _of_hypotheses(source, hypotheses, first=len(promised) + 1, read_at=read_at)
    everything = [*(citation for _, citation in promised), *started.values()]
    problems = verify_citations(everything, source.sut.site_packages)
    wrong = {problem.partition(":")[0] for problem in problems}
    citations = tuple(citation for citation in everything if citation.id not in wrong)
    kept = [(promise, citation) for promise, citation in promised if citation.id not in wrong]
    sources = {key: citation for key, citation in started.items() if citation.id not in wrong}
    texts = {
        "web_search_results.md": web_search_document(mission, source.sut),
        "industry_context.md": industry_document(mission, hypotheses),
        "technical_context.md": technical_document(source, kept, hazards),
        "hypotheses.md": hypotheses_document(mission, hypotheses, hazards, sources),
    }
    summary = ResearchSummary(
        files=(*texts, "citations.json"),
        modules=len(source.modules),
        promises=len(kept),
        citations=len(citations),
        hazards=count_by_kind(hazards),
        problems=problems,
    )
    return Research(texts=texts, citations=citations, summary=summary)


def _of_promise(number: int, promise: Promise, read_at: str | None) -> SourceCitation:
    what = "README" if promise.subject == "README" else f"docstring of {promise.subject}"
    return SourceCitation(
        id=f"C{number:03}",
        title=what,
        file=promise.file.path,
        line_start=promise.line_start,
        line_end=promise.line_end,
        sha256=promise.file.sha256,
        quote=promise.quote,
        read_at=read_at,
    )


def _of_hypotheses(
    source: SutSource, hypotheses: Sequence[HypothesisResult], *, first: int, read_at: str | None
) -> dict[str, SourceCitation]:
    """The citation of each hypothesis whose words stand in this release, by hypothesis id."""
    found: dict[str, SourceCitation] = {}
    for hypothesis in hypotheses:
        where = locate(hypothesis.source, source) if hypothesis.source else None
        if where is None or hypothesis.source is None:
            continue
        file, start, end = where
        found[hypothesis.id] = SourceCitation(
            id=f"C{first + len(found):03}",
            title=f"source of hypothesis {hypothesis.id}",
            file=file.path,
            line_start=start,
            line_end=end,
            sha256=file.sha256,
            quote=" ".join(hypothesis.source.quote.split()),
            read_at=read_at,
        )
    return found
