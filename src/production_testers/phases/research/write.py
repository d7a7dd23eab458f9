"""Fills `research/`: reads the installed files, decides what to say, and writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from production_testers.phases.research.citations import SourceCitation, locate, verify_citations
from production_testers.phases.research.context import industry_document, web_search_document
from production_testers.phases.research.hazard import Hazard, HazardGroup, HazardKind
from production_testers.phases.research.hypotheses import hypotheses_document
from production_testers.phases.research.mission import HypothesisResult, Mission
from production_testers.phases.research.promises import Promise, find_promises
from production_testers.phases.research.scan import count_by_kind, scan
from production_testers.phases.research.source import (
    InstalledSut,
    SourceFile,
    SutSource,
    read_source,
)
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
    numbers = _Numbers(release=f"{source.sut.distribution}=={source.sut.version}", read_at=read_at)
    promised = [(p, _of_promise(numbers, p)) for p in find_promises(source)]
    started = {h.id: _of_hypothesis(numbers, source, h) for h in hypotheses}
    everything = numbers.given
    problems = verify_citations(everything, source.sut.site_packages)
    wrong = {problem.partition(":")[0] for problem in problems}
    citations = tuple(citation for citation in everything if citation.id not in wrong)
    kept = [(promise, citation) for promise, citation in promised if citation.id not in wrong]
    sources = {key: cited for key, cited in started.items() if cited and cited.id not in wrong}
    texts = {
        "web_search_results.md": web_search_document(mission, source.sut),
        "industry_context.md": industry_document(mission, hypotheses),
        "technical_context.md": technical_document(source, kept, hazards),
        "hypotheses.md": hypotheses_document(mission, hypotheses, sources),
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


class _Numbers:
    """Gives citations their numbers; what is quoted twice has one."""

    def __init__(self, *, release: str, read_at: str | None) -> None:
        self._release = release
        self._read_at = read_at
        self._given: dict[tuple[str, int, int, str], SourceCitation] = {}

    @property
    def given(self) -> tuple[SourceCitation, ...]:
        """All of them, by number."""
        return tuple(self._given.values())

    def cite(
        self, title: str, file: SourceFile, lines: tuple[int, int], words: str
    ) -> SourceCitation:
        """The citation of these words."""
        start, end = lines
        key = (file.path, start, end, words)
        if key not in self._given:
            self._given[key] = SourceCitation(
                id=f"C{len(self._given) + 1:03}",
                title=title,
                file=file.path,
                line_start=start,
                line_end=end,
                sha256=file.sha256,
                quote=words,
                release=self._release,
                read_at=self._read_at,
            )
        return self._given[key]


def _of_promise(numbers: _Numbers, promise: Promise) -> SourceCitation:
    title = "README" if promise.subject == "README" else f"docstring of {promise.subject}"
    lines = (promise.line_start, promise.line_end)
    return numbers.cite(title, promise.file, lines, promise.quote)


def _of_hypothesis(
    numbers: _Numbers, source: SutSource, hypothesis: HypothesisResult
) -> SourceCitation | None:
    """The code or the words that a hypothesis starts from, where this release has them."""
    if hypothesis.hazard is not None:
        return _of_code(numbers, source, hypothesis.hazard)
    where = locate(hypothesis.source, source) if hypothesis.source else None
    if where is None or hypothesis.source is None:
        return None
    file, start, end = where
    words = " ".join(hypothesis.source.quote.split())
    return numbers.cite("what a hypothesis starts from", file, (start, end), words)


def _of_code(numbers: _Numbers, source: SutSource, group: HazardGroup) -> SourceCitation | None:
    """The flagged line; those of a group that say the same as the first are cited with it."""
    first = group.first
    for module in source.modules.values():
        if module.file.path == first.file:
            title = f"code of {first.qualified_name}"
            return numbers.cite(title, module.file, (first.line, first.line), first.code_line)
    return None
