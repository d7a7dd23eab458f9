"""A hazard: a place in the code whose shape suggests a way to break, and what would be seen."""

from dataclasses import dataclass
from enum import StrEnum


class HazardKind(StrEnum):
    """The shapes that the static scan looks for."""

    SHARED_STATE = "shared_state"
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
    """

    kind: HazardKind
    file: str
    line: int
    qualified_name: str
    code_line: str
    statement: str
