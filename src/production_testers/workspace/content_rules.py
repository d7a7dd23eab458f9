"""What the files of a run must say, each alone and all together."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from production_testers.model.errors import InvalidDocumentError, UsageError
from production_testers.workspace.clock import parse_iso
from production_testers.workspace.documents import (
    DxScores,
    EnvironmentDocument,
    FindingsDocument,
    FindingsMetadata,
    RunConfig,
    RunStatus,
)
from production_testers.workspace.journal import JournalKind
from production_testers.workspace.layout import PLACES_OF_RUN
from production_testers.workspace.naming import is_entry_id, parse_finding_id
from production_testers.workspace.problems import Problem, ProblemSeverity, Rule
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.run_readme import (
    NOT_YET,
    SECTIONS,
    ParsedReadme,
    parse_run_readme,
)
from production_testers.workspace.schema import Document, read_bytes

# How every draft begins: a paragraph, a quotation, or the docstring of a module.
_DRAFT = re.compile(r'^(?:> |""")?Draft: ', re.MULTILINE)
_ENDS = {
    JournalKind.RUN_COMPLETED: RunStatus.COMPLETED,
    JournalKind.RUN_FAILED: RunStatus.FAILED,
    JournalKind.RUN_BLOCKED: RunStatus.BLOCKED,
    JournalKind.RUN_STARTED: RunStatus.IN_PROGRESS,
    JournalKind.RUN_RESUMED: RunStatus.IN_PROGRESS,
    JournalKind.RUN_INTERRUPTED: RunStatus.IN_PROGRESS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The documents of a run that could be read; None for those that could not.

    Attributes:
        readme: README.md.
        findings: findings.json.
        config: config/run_config.json.
        scores: dx_evaluation/scores.json.
    """

    readme: ParsedReadme | None
    findings: FindingsDocument | None
    config: RunConfig | None
    scores: DxScores | None

    @property
    def status(self) -> str | None:
        """Where the run stands, as findings.json says it, else its README."""
        if self.findings is not None:
            return self.findings.metadata.status.value
        return self.readme.status if self.readme else None


def read_contents(run: RunFolder) -> tuple[Contents, tuple[Problem, ...]]:
    """Read every specified document; a missing one is the tree's problem, not one of these."""
    reader = _Reader(run)
    contents = Contents(
        readme=reader.readme(),
        findings=reader.document(FindingsDocument, run.findings),
        config=reader.document(RunConfig, run.config),
        scores=reader.document(DxScores, run.scores),
    )
    reader.document(EnvironmentDocument, run.environment)
    for folder in (run.research, run.metrics, run.traces, run.evidence):
        for path in sorted(folder.glob("*.json")):
            reader.any_json(path)
    for path in sorted(run.evidence.glob("*/evidence.json")):
        reader.any_json(path)
    return contents, tuple(reader.problems)


def agreements(run: RunFolder, contents: Contents) -> Iterator[Problem]:
    """Where two places of the run say different things.

    Raises:
        InvalidDocumentError: The journal is broken.
    """
    if contents.readme is not None:
        yield from _readme_says(run, contents.readme)
    if contents.config is not None:
        yield from _config_agrees(run, contents.config)
    if contents.findings is not None:
        yield from _findings_agree(run, contents.findings)
        yield from _journal_agrees(run, contents.findings)
        if contents.readme is not None:
            yield from _readme_agrees(contents.readme, contents.findings)
        if contents.config is not None:
            yield from _same(
                "config/run_config.json",
                "started_at",
                contents.config.started_at,
                contents.findings.metadata.started_at,
            )
    if contents.status == RunStatus.COMPLETED:
        yield from _drafts_left(run)
        if contents.scores is not None:
            yield from _scores_are_given(contents.scores)


_D = TypeVar("_D", bound=Document)


class _Reader:
    """Reads files and keeps what is wrong with each."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self.problems: list[Problem] = []

    def document(self, kind: type[_D], path: Path) -> _D | None:
        """The document at `path`; None where it is missing or broken."""
        if not path.is_file():
            return None
        try:
            return kind.load(path)
        except InvalidDocumentError as error:
            for problem in error.problems:
                self._add(path, Rule.SCHEMA, problem)
        except UsageError as error:
            self._add(path, Rule.SCHEMA, error.what)
        return None

    def any_json(self, path: Path) -> None:
        """Any one JSON document."""
        try:
            json.loads(read_bytes(path), parse_constant=_refuse_constant)
        except (ValueError, RecursionError, UsageError) as error:
            self._add(path, Rule.JSON, f"not one JSON document: {error}")

    def readme(self) -> ParsedReadme | None:
        """The README; None where it is missing."""
        path = self._run.readme
        if not path.is_file():
            return None
        try:
            return parse_run_readme(read_bytes(path).decode())
        except (ValueError, UsageError) as error:
            self._add(path, Rule.README, f"cannot be read: {error}")
            return None

    def _add(self, path: Path, rule: Rule, message: str) -> None:
        relative = path.relative_to(self._run.path).as_posix()
        self.problems.append(Problem(path=relative, rule=rule, message=message))


def _readme_says(run: RunFolder, readme: ParsedReadme) -> Iterator[Problem]:
    """The README alone: every part is there, and has the form of the specification."""
    if readme.sections[: len(SECTIONS)] != SECTIONS:
        wanted, seen = ", ".join(SECTIONS), ", ".join(readme.sections)
        yield _readme_problem(f"the sections must be {wanted}; saw {seen or 'none'}")
    if readme.entry_id is None:
        yield _readme_problem("the first line must be `# {ROADMAP_ENTRY_ID}: {ENTRY_TITLE}`")
    elif is_entry_id(run.entry_id):
        yield from _same("README.md", "entry", readme.entry_id, run.entry_id)
    yield from _same("README.md", "Run ID", readme.run_id, run.run_id)
    if readme.status not in set(RunStatus):
        words = ", ".join(RunStatus)
        yield _readme_problem(f"Status must be one of {words}; saw {readme.status!r}")
    if not _is_stamp(readme.started):
        yield _readme_problem(f"Started must be a time in UTC; saw {readme.started!r}")
    if readme.completed != NOT_YET and not _is_stamp(readme.completed):
        yield _readme_problem(f"Completed must be a time or {NOT_YET}; saw {readme.completed!r}")
    if readme.findings_logged is None:
        yield _readme_problem("no line: - `findings.json` - {N} findings logged")


def _readme_agrees(readme: ParsedReadme, document: FindingsDocument) -> Iterator[Problem]:
    metadata = document.metadata
    yield from _same("README.md", "Status", readme.status, metadata.status.value)
    yield from _same("README.md", "Started", readme.started, metadata.started_at)
    yield from _same("README.md", "Completed", readme.completed, metadata.completed_at or NOT_YET)
    if readme.findings_logged is not None:
        yield from _same(
            "README.md", "findings logged", readme.findings_logged, len(document.findings)
        )


def _config_agrees(run: RunFolder, config: RunConfig) -> Iterator[Problem]:
    path = "config/run_config.json"
    yield from _same(path, "run_id", config.run_id, run.run_id)
    if is_entry_id(run.entry_id):
        yield from _same(path, "roadmap_entry_id", config.roadmap_entry_id, run.entry_id)


def _findings_agree(run: RunFolder, document: FindingsDocument) -> Iterator[Problem]:
    path = "findings.json"
    metadata = document.metadata
    if is_entry_id(run.entry_id):
        yield from _same(path, "roadmap_entry_id", metadata.roadmap_entry_id, run.entry_id)
    started_on = parse_iso(metadata.started_at).date().isoformat()
    yield from _same(path, "date of started_at", started_on, run.name.day.isoformat())
    yield from _same(path, "total_findings", metadata.total_findings, len(document.findings))
    running = metadata.status is RunStatus.IN_PROGRESS
    if running != (metadata.completed_at is None):
        yield _disagreement(
            path, f"status is {metadata.status.value}, completed_at is {metadata.completed_at!r}"
        )
    if _ended_before_it_started(metadata):
        yield _disagreement(
            path,
            f"completed_at {metadata.completed_at} is before {metadata.started_at}, started_at",
        )
    for finding_id, count in Counter(finding.id for finding in document.findings).items():
        if count > 1:
            yield _disagreement(path, f"{finding_id} stands {count} times")
        parsed = parse_finding_id(finding_id)
        if parsed is not None and parsed.entry_id != metadata.roadmap_entry_id:
            yield _disagreement(path, f"{finding_id} is no id of {metadata.roadmap_entry_id}")


def _ended_before_it_started(metadata: FindingsMetadata) -> bool:
    if metadata.completed_at is None:
        return False
    return parse_iso(metadata.completed_at) < parse_iso(metadata.started_at)


def _journal_agrees(run: RunFolder, document: FindingsDocument) -> Iterator[Problem]:
    stated = [
        _ENDS[JournalKind(str(event["kind"]))]
        for event in run.journal.read()
        if event["kind"] in _ENDS
    ]
    if stated:
        status = document.metadata.status
        yield from _same("findings.json", "status", status.value, stated[-1].value)


def _scores_are_given(scores: DxScores) -> Iterator[Problem]:
    if scores.overall_score is None:
        yield Problem(
            path="dx_evaluation/scores.json",
            rule=Rule.AGREEMENT,
            severity=ProblemSeverity.WARNING,
            message="the run is completed, but nobody has scored it",
        )


def _drafts_left(run: RunFolder) -> Iterator[Problem]:
    for place in PLACES_OF_RUN:
        path = run.path / place.path
        if path.suffix in {".md", ".py"} and path.is_file() and _DRAFT.search(_text(path)):
            yield Problem(
                path=place.path,
                rule=Rule.AGREEMENT,
                severity=ProblemSeverity.WARNING,
                message="the run is completed, but this is still a draft",
            )


def _text(path: Path) -> str:
    try:
        return read_bytes(path).decode(errors="replace")
    except UsageError:
        return ""


def _same(path: str, what: str, seen: object, expected: object) -> Iterator[Problem]:
    if seen != expected:
        yield _disagreement(path, f"{what} is {seen!r}, elsewhere {expected!r}")


def _disagreement(path: str, message: str) -> Problem:
    return Problem(path=path, rule=Rule.AGREEMENT, message=message)


def _readme_problem(message: str) -> Problem:
    return Problem(path="README.md", rule=Rule.README, message=message)


def _is_stamp(text: str | None) -> bool:
    try:
        return text is not None and parse_iso(text) is not None
    except ValueError:
        return False


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON value")
