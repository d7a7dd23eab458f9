"""Citations: words that were really read, and the proof that they stand where they are said to.

A quote is compared with white space collapsed and comment signs removed, because a sentence
of a docstring may run over several lines.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from production_testers.model.canonical import Json
from production_testers.model.semantics import Citation
from production_testers.phases.research.prose import collapse
from production_testers.phases.research.source import SourceFile, SutSource

LINES_MAX = 20
"""The most lines that one quote may run over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCitation:
    """One quote from an installed file.

    Attributes:
        id: Unique in its document, such as `C001`.
        title: What the words document.
        file: Path below site-packages.
        line_start: First line of the quote, from 1.
        line_end: Last line of the quote.
        sha256: Of the file's bytes.
        quote: The words.
        release: Which release has them, such as `stageflow-core==1.2.0`.
        read_at: When they were read, ISO 8601 in UTC, where that is known.
    """

    id: str
    title: str
    file: str
    line_start: int
    line_end: int
    sha256: str
    quote: str
    release: str
    read_at: str | None = None

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line_start}"

    def as_json(self) -> dict[str, Json]:
        """The citation as it stands in `citations.json`."""
        return asdict(self)


def verify_citations(citations: Iterable[SourceCitation], site_packages: Path) -> tuple[str, ...]:
    """What is wrong with them, one line a problem; empty when every quote stands at its line."""
    problems = ((citation, _problem(citation, site_packages)) for citation in citations)
    return tuple(f"{citation.id}: {problem}" for citation, problem in problems if problem)


def locate(citation: Citation, source: SutSource) -> tuple[SourceFile, int, int] | None:
    """Where this release has the quoted words: file, first line, last line; None if it has not.

    The line that the citation names is tried first; the words may have moved since.
    """
    files = {module.file.path: module.file for module in source.modules.values()}
    if source.metadata is not None:
        files[source.metadata.path] = source.metadata
    file = files.get(citation.file)
    quote = collapse(citation.quote)
    if file is None or not quote:
        return None
    for start in (citation.line, *range(1, len(file.lines) + 1)):
        end = _end_of(quote, file.lines, start)
        if end is not None:
            return file, start, end
    return None


def _end_of(quote: str, lines: list[str], start: int) -> int | None:
    """The line on which the quote ends when it starts on line `start`."""
    if not 1 <= start <= len(lines) or not _begins_on(quote, lines[start - 1]):
        return None
    for end in range(start, min(start + LINES_MAX, len(lines) + 1)):
        if quote in _readable(lines[start - 1 : end]):
            return end
    return None


def _begins_on(quote: str, line: str) -> bool:
    """Whether the line holds the quote's first word, so that the search stays cheap."""
    return quote.split(maxsplit=1)[0] in line


def _readable(lines: list[str]) -> str:
    return collapse(" ".join(line.strip().removeprefix("#") for line in lines))


def _problem(citation: SourceCitation, site_packages: Path) -> str:
    path = PurePosixPath(citation.file)
    if path.is_absolute() or ".." in path.parts:
        return f"{citation.file} is not below site-packages"
    try:
        raw = (site_packages / path).read_bytes()
    except OSError:
        return f"{citation.file} does not exist"
    if hashlib.sha256(raw).hexdigest() != citation.sha256:
        return f"{citation.file} has changed since it was read"
    return _misquotation(citation, raw.decode(errors="replace").split("\n"))


def _misquotation(citation: SourceCitation, lines: list[str]) -> str:
    start, end = citation.line_start, citation.line_end
    if not 1 <= start <= end <= len(lines):
        return f"{citation.place} is not a range of its {len(lines)} lines"
    quote = collapse(citation.quote)
    if not quote or quote not in _readable(lines[start - 1 : end]):
        return f"the quote does not stand at {citation.place}"
    return ""
