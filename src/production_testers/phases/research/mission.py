"""What the research phase is told: the entry it is for, and what the tests found."""

from dataclasses import dataclass
from enum import StrEnum

from production_testers.model.semantics import Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Mission:
    """One roadmap entry, as its row in the roadmap says it.

    Attributes:
        id: Such as `CORE-001`.
        title: What it is about.
        priority: P0 to P3.
        risk: The risk class.
        industry: Where the entry belongs to one.
        deployment_mode: Where the entry names one.
    """

    id: str
    title: str
    priority: str
    risk: str
    industry: str | None = None
    deployment_mode: str | None = None


class Result(StrEnum):
    """What became of a hypothesis."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisResult:
    """A statement about the system under test, and what the tests say of it.

    Attributes:
        id: Unique in its run, such as `H1`.
        statement: What would be seen, so that it can turn out false.
        law: The law that decides it.
        kinds: The kinds of scenario that exercise it.
        result: What became of it.
        evidence: What was seen, and how hard it was looked for.
        finding_ids: The findings that show it.
        source: The words of the framework that it starts from.
    """

    id: str
    statement: str
    law: str
    kinds: tuple[str, ...]
    result: Result
    evidence: str
    finding_ids: tuple[str, ...] = ()
    source: Citation | None = None
