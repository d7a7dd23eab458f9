"""README.md of a run, exactly in the form of the specification: written and read."""

import re
from dataclasses import dataclass

from production_testers.workspace.findings import RunStatus

NOT_YET = "—"
"""Stands for a moment that has not come."""

_TITLE = re.compile(r"^# (?P<entry>\S+): (?P<title>.+?)\s*$", re.MULTILINE)
_FIELD = re.compile(r"^\*\*(?P<name>[A-Za-z ]+)\*\*: *(?P<value>.*?)\s*$", re.MULTILINE)
_COUNT = re.compile(r"^- `findings\.json` - (?P<count>[0-9]+) findings logged\s*$", re.MULTILINE)
_HEADING = re.compile(r"^## (?P<text>.+?)\s*$", re.MULTILINE)

SECTIONS = ("Quick Summary", "Key Findings", "Files", "How to Reproduce")
"""The second-level headings, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReadme:
    """What a run's README says.

    Attributes:
        entry_id: The roadmap entry.
        title: Its title.
        run_id: The name of the run's folder.
        status: Where the run stands.
        started_at: As `clock.iso` writes it.
        completed_at: The same; None until the run has ended.
        summary: One paragraph.
        key_findings: One line each, worst first.
        findings_logged: How many findings findings.json holds.
        test_note: What `pytest tests/ -v` shows: how many fail, and which findings they are.
    """

    entry_id: str
    title: str
    run_id: str
    status: RunStatus
    started_at: str
    completed_at: str | None = None
    summary: str
    key_findings: tuple[str, ...] = ()
    findings_logged: int = 0
    test_note: str = ""

    def render(self) -> str:
        """The README's text. Two spaces at a line's end are Markdown's line break."""
        key_findings = self.key_findings or (self._no_key_findings(),)
        lines = [
            f"# {self.entry_id}: {_one_line(self.title)}",
            "",
            f"**Run ID**: {self.run_id}  ",
            f"**Status**: {self.status.value}  ",
            f"**Started**: {self.started_at}  ",
            f"**Completed**: {self.completed_at or NOT_YET}  ",
            "",
            "## Quick Summary",
            "",
            _one_line(self.summary),
            "",
            "## Key Findings",
            "",
            *(f"- {_one_line(finding)}" for finding in key_findings),
            "",
            "## Files",
            "",
            f"- `findings.json` - {self.findings_logged} findings logged",
            "- `FINAL_REPORT.md` - Detailed analysis",
            "",
            "## How to Reproduce",
            "",
            "```bash",
            f"cd runs/{self.entry_id}/{self.run_id}",
            "pip install -r requirements.txt",
            "pytest tests/ -v",
            "```",
        ]
        if self.test_note:
            lines += ["", self.test_note.strip()]
        return "\n".join(lines) + "\n"

    def _no_key_findings(self) -> str:
        if self.status is RunStatus.IN_PROGRESS:
            return "None so far; the run is in progress."
        return "None."


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedReadme:
    """What could be read from a run's README; None stands for what it does not say.

    Attributes:
        entry_id: From the title line.
        title: From the title line.
        run_id: The run's name.
        status: The word as it stands, which may be no status.
        started: The text as it stands.
        completed: The text as it stands; `NOT_YET` until the run has ended.
        findings_logged: The number in the Files section.
        sections: The second-level headings, in order.
    """

    entry_id: str | None
    title: str | None
    run_id: str | None
    status: str | None
    started: str | None
    completed: str | None
    findings_logged: int | None
    sections: tuple[str, ...]


def parse_run_readme(text: str) -> ParsedReadme:
    """Read a run's README, whatever its line endings; never fails."""
    title = _TITLE.search(text)
    count = _COUNT.search(text)
    fields = {match["name"]: match["value"] for match in reversed([*_FIELD.finditer(text)])}
    return ParsedReadme(
        entry_id=title["entry"] if title else None,
        title=title["title"] if title else None,
        run_id=fields.get("Run ID"),
        status=fields.get("Status"),
        started=fields.get("Started"),
        completed=fields.get("Completed"),
        findings_logged=int(count["count"]) if count else None,
        sections=tuple(match["text"] for match in _HEADING.finditer(text)),
    )


def _one_line(text: str) -> str:
    """A title, paragraph or list item must not break out of its place."""
    return " ".join(text.split())
