"""What an export is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from production_testers.evidence.ranges import Range
from production_testers.workspace.documents import Finding, FindingStatus

OPEN = frozenset({FindingStatus.OPEN, FindingStatus.CONFIRMED, FindingStatus.IN_PROGRESS})
"""Findings that nobody has settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One finding with what its evidence folder holds.

    Attributes:
        finding: As findings.json tells it.
        folder: Path of its evidence folder below the workspace.
        events: History of its smallest scenario.
        offending: Sequence numbers of the events that show it.
        script: Text of its repro.py; empty without one.
    """

    finding: Finding
    folder: str
    events: Sequence[Mapping[str, Any]] = field(default=())
    offending: Sequence[int] = field(default=())
    script: str = ""

    def told(self, name: str) -> Any:
        """A member of the finding's evidence; None where there is none."""
        return self.finding.evidence.get(name)

    @property
    def range(self) -> Range | None:
        """Since when it is there, where that is known."""
        raw = self.told("range")
        return Range.from_json(raw, path=self.finding.id) if isinstance(raw, Mapping) else None

    @property
    def sut(self) -> tuple[str, str]:
        """Name and version of what it was found on; empty where they are not known."""
        sut = self.told("sut") or {}
        return str(sut.get("name") or ""), str(sut.get("version") or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A candidate that is no finding.

    Attributes:
        run: Address of its run.
        law: The law.
        outcome_class: In which way it was broken.
        gate: The gate that turned it down.
        reason: Why.
    """

    run: str
    law: str
    outcome_class: str
    gate: str
    reason: str


class Outcome(StrEnum):
    """How a test of a report for other tools ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a run says of one law, or of itself.

    Attributes:
        run: Address of the run.
        what: The law; `run` for the run itself.
        outcome: Failed: a finding is open. Skipped: nobody can tell. Error: we failed.
        reason: Why; empty where it passed.
    """

    run: str
    what: str
    outcome: Outcome
    reason: str = ""
