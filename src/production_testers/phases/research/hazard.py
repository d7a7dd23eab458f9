"""A hazard: a place in the code whose shape suggests a way to break, and what would be seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from production_testers.evidence.coverage import Place
from production_testers.evidence.repairs import Repair


class HazardKind(StrEnum):
    """The shapes that the static scan looks for."""

    SHARED_STATE = "shared_state"
    SHARED_KEY = "shared_key"
    MISSING_CLEANUP = "missing_cleanup"
    OWNERLESS_TASK = "ownerless_task"
    SWALLOWED_EXCEPTION = "swallowed_exception"
    BLOCKING_CALL = "blocking_call"
    FIXED_PATH = "fixed_path"
    HIDDEN_DEFAULT = "hidden_default"
    NESTED_SCAN = "nested_scan"
    WALL_CLOCK_DURATION = "wall_clock_duration"


MEANING = {
    HazardKind.SHARED_STATE: "State of one call kept on an object that other calls share",
    HazardKind.SHARED_KEY: "One place of a run that several of its stages write",
    HazardKind.MISSING_CLEANUP: "Tasks or locks that outlive a cancelled caller",
    HazardKind.OWNERLESS_TASK: "Tasks that nobody keeps, awaits or stops",
    HazardKind.SWALLOWED_EXCEPTION: "Broad exceptions that end here in asynchronous code",
    HazardKind.BLOCKING_CALL: "Calls that block the event loop",
    HazardKind.FIXED_PATH: "Files at a fixed place, shared by every process of the machine",
    HazardKind.HIDDEN_DEFAULT: "Arguments that are replaced when they are empty or zero",
    HazardKind.NESTED_SCAN: "Work that grows with the square of a collection",
    HazardKind.WALL_CLOCK_DURATION: "Durations taken from the wall clock",
}
"""What each kind is, as a heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """One place, and a statement about it that an experiment can refute.

    Attributes:
        kind: Which shape.
        file: Path below site-packages.
        line: From 1.
        qualified_name: The function or method that holds it.
        code_line: The line, stripped.
        statement: What would be seen if the hazard is real.
        lines: First and last line that run where the hazard can do harm.
        tells: Whether running them means that it happened: the body of a `suppress` runs whether
            anything is raised or not.
        subject: What the repair is about, such as `self.token`.
        repair: How the code can be repaired in memory, where that needs no knowledge of it.
    """

    kind: HazardKind
    file: str
    line: int
    qualified_name: str
    code_line: str
    statement: str
    lines: tuple[int, int]
    tells: bool = True
    subject: str = ""
    repair: Repair | None = None

    @property
    def place(self) -> Place:
        """What a line recorder watches."""
        return (self.file, *self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardGroup:
    """Hazards of one function that say the same: one hypothesis.

    Attributes:
        hazards: At least one, by line.
    """

    hazards: tuple[Hazard, ...]

    @property
    def first(self) -> Hazard:
        """The first of them, which speaks for all."""
        return self.hazards[0]

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one group, unique in a scan."""
        return self.first.qualified_name, self.first.statement


def groups_of(hazards: Iterable[Hazard]) -> tuple[HazardGroup, ...]:
    """The groups, by kind and then in the order of the scan."""
    found: dict[tuple[str, str], list[Hazard]] = {}
    for hazard in hazards:
        found.setdefault((hazard.qualified_name, hazard.statement), []).append(hazard)
    groups = [HazardGroup(hazards=tuple(dict.fromkeys(group))) for group in found.values()]
    return tuple(sorted(groups, key=lambda group: list(HazardKind).index(group.first.kind)))
