"""findings.json: the findings of one run. REPORTING_SCHEMA.md describes it for people."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from production_testers.workspace.naming import FindingType, parse_finding_id
from production_testers.workspace.schema import Document, EntryId, FindingIdText, Stamp

UUID_PATTERN = r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst; sorts findings, and compares them with a threshold."""
        return tuple(Severity).index(self)


class FindingStatus(StrEnum):
    """Where a finding stands. Only verified findings are confirmed."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    WONT_FIX = "wont_fix"
    DUPLICATE = "duplicate"


class RunStatus(StrEnum):
    """Where a run stands.

    In progress: running or interrupted. Completed: the mission ended, whatever the verdict.
    Failed: our own error. Blocked: the system under test or the target was not available.
    """

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    BLOCKED = "blocked"


class Frequency(StrEnum):
    """How often the reproduction shows the finding."""

    ALWAYS = "always"
    OFTEN = "often"
    SOMETIMES = "sometimes"
    RARELY = "rarely"


class RiskLevel(StrEnum):
    """How much is at stake."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Effort(StrEnum):
    """How much work a recommendation is."""

    TRIVIAL = "trivial"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    EPIC = "epic"


class ResolutionType(StrEnum):
    """How a finding came to its end."""

    FIXED = "fixed"
    WONT_FIX = "wont_fix"
    DUPLICATE = "duplicate"
    BY_DESIGN = "by_design"
    CANNOT_REPRODUCE = "cannot_reproduce"


class ReproductionEnvironment(Document):
    """Where the finding was seen."""

    python_version: str | None = None
    """Of the environment of the system under test."""
    os: str | None = None
    """Name and release of the operating system."""
    dependencies: dict[str, str | None] = Field(default_factory=dict)
    """Distribution name to version."""


class Reproduction(Document):
    """How to see the finding again."""

    steps: tuple[str, ...] = ()
    """What to do, in order; the first step is the replay command."""
    code_snippet: str | None = None
    """The smallest code that shows it."""
    environment: ReproductionEnvironment | None = None
    """Where it was seen."""
    frequency: Frequency | None = None
    """How often the steps show it."""
    conditions: str | None = None
    """What must hold for it to show."""


class Impact(Document):
    """What the finding costs whoever meets it."""

    affected_users: str | int | None = None
    """Who meets it."""
    data_risk: RiskLevel | None = None
    """Whether data can be lost or mixed up."""
    security_risk: RiskLevel | None = None
    """Whether something leaks or can be abused."""
    availability_risk: RiskLevel | None = None
    """Whether the service can stop answering."""
    business_impact: str | None = None
    """In words of the field that the roadmap entry is about."""
    workaround_available: bool | None = None
    """Whether it can be avoided without a new release."""
    workaround_description: str | None = None
    """How it can be avoided."""


class Recommendation(Document):
    """What to do about the finding."""

    summary: str | None = None
    """One sentence."""
    detailed_proposal: str | None = None
    """The whole proposal."""
    code_suggestion: str | None = None
    """Code that would mend it."""
    estimated_effort: Effort | None = None
    """How much work it is."""
    breaking_change: bool | None = None
    """Whether callers would have to change."""
    alternatives: tuple[str, ...] = ()
    """Other ways to mend it."""


class Resolution(Document):
    """How the finding came to its end."""

    resolved_by: str | None = None
    """Who resolved it."""
    resolution_type: ResolutionType | None = None
    """In which way."""
    resolution_details: str | None = None
    """What was done, or why nothing was."""
    commit_hash: str | None = None
    """The commit that mends it."""
    pr_link: str | None = None
    """Where the change was discussed."""
    release_version: str | None = None
    """The first release without it."""
    verification_steps: tuple[str, ...] = ()
    """How to see that it is gone."""


class Attachment(Document):
    """A file that belongs to the finding."""

    name: str
    """For people."""
    path: str
    """Relative to the run folder."""
    type: str
    """What kind of file it is, such as `log`, `trace` or `screenshot`."""


def _id_agrees_with_type(schema: JsonDict) -> None:
    """Say the rule of `Finding._agrees` in the words of JSON Schema."""
    schema["allOf"] = [
        {
            "if": {"properties": {"type": {"const": kind.value}}},
            "then": {"properties": {"id": {"pattern": f"-{kind.code}-[0-9]{{3,}}$"}}},
        }
        for kind in FindingType
    ]


class Finding(Document):
    """One finding."""

    model_config = ConfigDict(json_schema_extra=_id_agrees_with_type)

    id: FindingIdText
    """`{ROADMAP_ENTRY_ID}-{TYPE}-{SEQ}`; unique over all runs of the entry, never reused."""
    type: FindingType
    """What it is about; the TYPE in the id is its short form."""
    severity: Severity
    """How bad it is."""
    title: Annotated[str, Field(min_length=1)]
    """One line."""
    description: str
    """What was expected, what happened instead, and under which conditions."""
    status: FindingStatus
    """Where it stands; `confirmed` means that it was verified."""
    created_at: Stamp
    """When it was first recorded."""
    updated_at: Stamp | None = None
    """When it last changed."""
    resolved_at: Stamp | None = None
    """When it was resolved."""
    component: str | None = None
    """Importable qualified name of what is at fault."""
    tags: tuple[str, ...] = ()
    """For searching."""
    reproduction: Reproduction | None = None
    """How to see it again."""
    impact: Impact | None = None
    """What it costs."""
    recommendation: Recommendation | None = None
    """What to do about it."""
    resolution: Resolution | None = None
    """How it came to its end."""
    related_findings: tuple[FindingIdText, ...] = ()
    """Ids of others, also of other entries; a duplicate names its original first."""
    attachments: tuple[Attachment, ...] = ()
    """Files of the run folder that belong to it."""
    evidence: dict[str, object] = Field(default_factory=dict)
    """What this tool adds: law, fingerprint, state, ranges, replay command and more."""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        parsed = parse_finding_id(self.id)
        if parsed is None or parsed.type is not self.type:
            raise ValueError(f"id {self.id!r} does not say {self.type.code} for type {self.type!s}")
        return self

    @property
    def fingerprint(self) -> str:
        """What tells one defect from another: the evidence's fingerprint, else the id."""
        stated = self.evidence.get("fingerprint")
        return stated if isinstance(stated, str) and stated else self.id


class FindingsMetadata(Document):
    """Which run the findings belong to."""

    roadmap_entry_id: EntryId
    """The entry that the run is about."""
    roadmap_entry_title: str = ""
    """Its title in ROADMAP.md."""
    agent_run_id: Annotated[str, Field(pattern=UUID_PATTERN, json_schema_extra={"format": "uuid"})]
    """UUID of the run."""
    started_at: Stamp
    """When the run started."""
    completed_at: Stamp | None = None
    """When it ended; null until then."""
    status: RunStatus
    """Where the run stands."""
    stageflow_version: str | None = None
    """Version of stageflow-core under test; null for another system."""
    agent_model: str | None = "none"
    """The model that took part; "none" without one."""
    total_findings: Annotated[int, Field(ge=0)] = 0
    """How many findings are listed."""
    summary: str = ""
    """One paragraph."""


class FindingsDocument(Document):
    """All findings of one run."""

    metadata: FindingsMetadata
    """Which run."""
    findings: tuple[Finding, ...]
    """Every finding of the run, known ones too."""

    def with_findings(self, findings: Sequence[Finding]) -> "FindingsDocument":
        """The same document with other findings, and their number."""
        metadata = self.metadata.model_copy(update={"total_findings": len(findings)})
        return self.model_copy(update={"metadata": metadata, "findings": tuple(findings)})


def findings_schema() -> dict[str, object]:
    """The JSON Schema that findings.json is held to, as REPORTING_SCHEMA.md shows it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **FindingsDocument.model_json_schema(mode="validation"),
    }
