"""What the research phase is told: the entry it is for, and what the tests found."""

from dataclasses import dataclass
from enum import StrEnum

from production_testers.model.semantics import Citation
from production_testers.phases.research.hazard import HazardGroup


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
        id: Unique in its run, such as `H-001`.
        statement: What would be seen, so that it can turn out false.
        laws: The laws that decide it; empty where none does.
        kinds: The kinds of scenario that exercise it.
        result: What became of it.
        evidence: What was seen, and how hard it was looked for; or why it is not decided.
        finding_ids: The findings that it rests on.
        source: The words of the framework that it starts from.
        hazard: The code that it starts from, where it does.
        scenario: The circumstances that test it, in words.
        example: A schedule that executes that code, such as `stress/3`; empty where none does.
    """

    id: str
    statement: str
    laws: tuple[str, ...]
    kinds: tuple[str, ...]
    result: Result
    evidence: str
    finding_ids: tuple[str, ...] = ()
    source: Citation | None = None
    hazard: HazardGroup | None = None
    scenario: str = ""
    example: str = ""
