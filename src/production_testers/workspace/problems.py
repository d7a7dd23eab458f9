"""What validation has to say about a place of a workspace."""

from dataclasses import dataclass
from enum import StrEnum


class ProblemSeverity(StrEnum):
    """Whether the specification is broken, or something only looks odd."""

    ERROR = "error"
    WARNING = "warning"


class Rule(StrEnum):
    """What a problem is about."""

    REQUIRED = "required"  # a file or folder that must be there is not
    MISNAMED = "misnamed"  # a specified file stands there under a wrong name
    NAMING = "naming"  # a name does not have the form that its folder asks for
    UNKNOWN_FOLDER = "unknown-folder"
    UNKNOWN_SIBLING = "unknown-sibling"
    JSON = "json"  # not one JSON document
    SCHEMA = "schema"  # a JSON document of the wrong shape
    README = "readme"  # not in the form of the specification
    AGREEMENT = "agreement"  # two files say different things
    JOURNAL = "journal"
    ROADMAP = "roadmap"
    UNUSABLE = "unusable"  # the mission cannot work with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        path: Where, relative to the run folder or the workspace.
        rule: What it is about.
        severity: Error or warning.
        message: What is wrong, with the value seen and the one expected.
    """

    path: str
    rule: Rule
    severity: ProblemSeverity = ProblemSeverity.ERROR
    message: str

    def __str__(self) -> str:
        return f"{self.severity.value}: {self.path}: {self.message} [{self.rule.value}]"
