"""The names that the specification fixes: how they are written, and how they are read.

Names with several parts are read from the right, because the left part may hold the separator.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

ENTRY_PATTERN = r"[A-Z][A-Z0-9]*(?:-[A-Z][A-Z0-9]*)*-[0-9]{3,}"
SEQ_PATTERN = r"(?:00[1-9]|0[1-9][0-9]|[1-9][0-9]{2,})"
RUN_PATTERN = rf"run-[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}-{SEQ_PATTERN}"
FINDING_PATTERN = rf"{ENTRY_PATTERN}-(?:BUG|SEC|PERF|REL|DX|IMP|DOC|FEAT)-{SEQ_PATTERN}"

_ENTRY = re.compile(r"(?P<family>.+)-(?P<number>[0-9]{3,})\Z")
_RUN = re.compile(rf"run-(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})-(?P<seq>{SEQ_PATTERN})\Z")
_FINDING = re.compile(rf"(?P<entry>{ENTRY_PATTERN})-(?P<code>[A-Z]+)-(?P<seq>{SEQ_PATTERN})\Z")
_MOCK = re.compile(
    r"(?P<scenario>[A-Za-z0-9][A-Za-z0-9_-]*)_(?P<variant>[A-Za-z0-9-]+)"
    r"_(?P<size>[0-9]+[km]?)\.(?P<ext>[A-Za-z0-9.]+)\Z"
)
_STAMPED = re.compile(
    r"(?P<kind>trace|run)_(?P<stamp>[0-9]{8}_[0-9]{6})_(?P<scenario>[A-Za-z0-9][A-Za-z0-9_.-]*)"
    r"\.(?P<ext>json|log)\Z"
)
_ENTRY_WHOLE = re.compile(rf"{ENTRY_PATTERN}\Z")


class FindingType(StrEnum):
    """What a finding is about, as findings.json says it."""

    BUG = "bug"
    SECURITY = "security"
    PERFORMANCE = "performance"
    RELIABILITY = "reliability"
    DX = "dx"
    IMPROVEMENT = "improvement"
    DOCUMENTATION = "documentation"
    FEATURE_REQUEST = "feature_request"

    @property
    def code(self) -> str:
        """The TYPE that stands in the ids of such findings."""
        return _CODES[self]


_CODES = {
    FindingType.BUG: "BUG",
    FindingType.SECURITY: "SEC",
    FindingType.PERFORMANCE: "PERF",
    FindingType.RELIABILITY: "REL",
    FindingType.DX: "DX",
    FindingType.IMPROVEMENT: "IMP",
    FindingType.DOCUMENTATION: "DOC",
    FindingType.FEATURE_REQUEST: "FEAT",
}
_TYPES = {code: kind for kind, code in _CODES.items()}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class RunName:
    """`run-{YYYY}-{MM}-{DD}-{SEQ}`; ordered as the runs were started.

    Attributes:
        day: UTC date on which the run started.
        seq: From 1, per entry and day.
    """

    day: date
    seq: int

    def __str__(self) -> str:
        return f"run-{self.day.isoformat()}-{self.seq:03d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingId:
    """`{ROADMAP_ENTRY_ID}-{TYPE}-{SEQ}`.

    Attributes:
        entry_id: The roadmap entry.
        type: What the finding is about.
        seq: From 1, per entry and type, over all runs.
    """

    entry_id: str
    type: FindingType
    seq: int

    def __str__(self) -> str:
        return f"{self.entry_id}-{self.type.code}-{self.seq:03d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MockDataName:
    """`{scenario}_{variant}_{size}.{ext}`, as in `transactions_valid_10k.json`.

    Attributes:
        scenario: May hold underscores.
        variant: Holds none.
        size: Digits, or digits with k or m.
        ext: Without the leading dot.
    """

    scenario: str
    variant: str
    size: str
    ext: str

    def __str__(self) -> str:
        return f"{self.scenario}_{self.variant}_{self.size}.{self.ext}"

    @property
    def records(self) -> int:
        """The size as a number: 10k is 10,000 and 2m is 2,000,000."""
        factor = {"k": 1_000, "m": 1_000_000}.get(self.size[-1], 1)
        return int(self.size.rstrip("km")) * factor


@dataclass(frozen=True, slots=True, kw_only=True)
class StampedName:
    """The name of a trace or a log: a moment in UTC and a scenario.

    Attributes:
        moment: Aware, in UTC, whole seconds.
        scenario: What was executed.
    """

    moment: datetime
    scenario: str


def is_entry_id(text: str) -> bool:
    """Whether `text` can be the id of a roadmap entry, as in `LLM-REASON-001`."""
    return _ENTRY_WHOLE.match(text) is not None


def family_of(entry_id: str) -> str:
    """The part before the trailing number: `LLM-REASON` of `LLM-REASON-001`.

    Raises:
        ValueError: `entry_id` does not end in a number.
    """
    if (match := _ENTRY.match(entry_id)) is None:
        raise ValueError(f"{entry_id!r} is no id of a roadmap entry")
    return match["family"]


def parse_run_name(text: str) -> RunName | None:
    """Read the name of a run folder; None where it is none, or its date does not exist."""
    if (match := _RUN.match(text)) is None:
        return None
    try:
        day = date.fromisoformat(match["day"])
    except ValueError:
        return None
    return RunName(day=day, seq=int(match["seq"]))


def parse_finding_id(text: str) -> FindingId | None:
    """Read the id of a finding, from the right; None where it is none."""
    match = _FINDING.match(text)
    if match is None or match["code"] not in _TYPES:
        return None
    return FindingId(entry_id=match["entry"], type=_TYPES[match["code"]], seq=int(match["seq"]))


def parse_mock_data_name(text: str) -> MockDataName | None:
    """Read the name of a mock data file, from the right; None where it is none."""
    match = _MOCK.match(text)
    return None if match is None else MockDataName(**match.groupdict())


def trace_name(stamp: str, scenario: str) -> str:
    """`trace_{YYYYMMDD_HHMMSS}_{scenario}.json`; `stamp` comes from `clock.compact`."""
    return f"trace_{stamp}_{scenario}.json"


def log_name(stamp: str, scenario: str) -> str:
    """`run_{YYYYMMDD_HHMMSS}_{scenario}.log`; `stamp` comes from `clock.compact`."""
    return f"run_{stamp}_{scenario}.log"


def parse_trace_name(text: str) -> StampedName | None:
    """Read the name of a trace; None where it is none."""
    return _parse_stamped(text, kind="trace", ext="json")


def parse_log_name(text: str) -> StampedName | None:
    """Read the name of a log; None where it is none."""
    return _parse_stamped(text, kind="run", ext="log")


def _parse_stamped(text: str, *, kind: str, ext: str) -> StampedName | None:
    match = _STAMPED.match(text)
    if match is None or (match["kind"], match["ext"]) != (kind, ext):
        return None
    try:
        moment = datetime.strptime(match["stamp"], "%Y%m%d_%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return StampedName(moment=moment, scenario=match["scenario"])
