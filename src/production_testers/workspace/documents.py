"""The JSON documents of a workspace besides findings.json, and a loader for each of them all."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from production_testers.workspace.findings import (
    Attachment,
    Effort,
    Finding,
    FindingsDocument,
    FindingsMetadata,
    FindingStatus,
    Frequency,
    Impact,
    Recommendation,
    Reproduction,
    ReproductionEnvironment,
    Resolution,
    ResolutionType,
    RiskLevel,
    RunStatus,
    Severity,
    findings_schema,
)
from production_testers.workspace.naming import FindingType
from production_testers.workspace.schema import Document, EntryId, RunId, Stamp

__all__ = [
    "AggregatedFindings",
    "Attachment",
    "Document",
    "DxCategories",
    "DxCategory",
    "DxScores",
    "Effort",
    "EnvironmentDocument",
    "Finding",
    "FindingStatus",
    "FindingType",
    "FindingsDocument",
    "FindingsMetadata",
    "Frequency",
    "Impact",
    "Priority",
    "Recommendation",
    "Reproduction",
    "ReproductionEnvironment",
    "Resolution",
    "ResolutionType",
    "RiskClass",
    "RiskLevel",
    "RunConfig",
    "RunParameters",
    "RunStatus",
    "Severity",
    "findings_schema",
    "load_aggregate",
    "load_config",
    "load_environment",
    "load_findings",
    "load_scores",
]

Priority = Literal["P0", "P1", "P2", "P3"]
RiskClass = Literal["Catastrophic", "Severe", "High", "Moderate", "Low"]
Score = Annotated[int | float, Field(ge=1, le=5)]
Minutes = Annotated[int | float, Field(ge=0)]


class RunParameters(Document):
    """The values that the run really used; other keys may stand beside these."""

    concurrency_level: Annotated[int, Field(ge=0)] | None = None
    """Executions at the same time."""
    duration_seconds: Annotated[int | float, Field(ge=0)] | None = None
    """How long the load lasted."""
    data_volume: Annotated[str, Field(pattern=r"^[0-9]+_[a-z_]+$")] | None = None
    """`{n}_{unit}`, as in `10000_records`."""


class RunConfig(Document):
    """config/run_config.json."""

    roadmap_entry_id: EntryId
    roadmap_entry_title: str
    priority: Priority
    risk_class: RiskClass
    industry: str | None = None
    deployment_mode: str | None = None
    run_id: RunId
    started_at: Stamp
    agent_model: str | None = "none"
    stageflow_version: str | None = None
    test_parameters: RunParameters = RunParameters()


class EnvironmentDocument(Document):
    """config/environment.json: the machine, and the environment of the system under test."""

    python_version: str
    os: str
    cpu: str
    memory_gb: Annotated[int, Field(ge=0)]
    gpu: str | None = None
    dependencies: dict[str, str | None]


class DxCategory(Document):
    """One category of the developer experience."""

    score: Score | None
    """From 1 to 5; null until somebody has judged it."""
    notes: str


class DxCategories(Document):
    """The eight categories."""

    discoverability: DxCategory
    clarity: DxCategory
    documentation: DxCategory
    error_messages: DxCategory
    debugging: DxCategory
    boilerplate: DxCategory
    flexibility: DxCategory
    performance: DxCategory


class DxScores(Document):
    """dx_evaluation/scores.json."""

    overall_score: Score | None
    """From 1.0 to 5.0; not necessarily the mean of the categories."""
    categories: DxCategories
    time_to_first_pipeline_minutes: Minutes | None = None
    """Null when nobody was timed."""
    time_to_understand_error_minutes: Minutes | None = None
    """Null when nobody was timed."""
    documentation_gaps: tuple[str, ...] = ()

    @classmethod
    def draft(cls) -> "DxScores":
        """Scores of a run that nobody has judged yet."""
        unknown = DxCategory(score=None, notes="Draft: not judged yet.")
        return cls(
            overall_score=None,
            categories=DxCategories(**dict.fromkeys(DxCategories.model_fields, unknown)),
        )


class AggregatedFindings(Document):
    """aggregated_findings.json: the findings of all runs, each defect once."""

    generated_at: Stamp
    total_runs: Annotated[int, Field(ge=0)]
    total_findings: Annotated[int, Field(ge=0)]
    by_type: dict[str, int]
    by_severity: dict[str, int]
    by_status: dict[str, int]
    by_component: dict[str, int]
    findings: tuple[Finding, ...]


def load_findings(path: Path) -> FindingsDocument:
    """Read findings.json.

    Raises:
        InvalidDocumentError: It is no JSON, or breaks the schema; every problem is listed.
        UsageError: The file cannot be read.
    """
    return FindingsDocument.load(path)


def load_config(path: Path) -> RunConfig:
    """Read config/run_config.json; raises as `load_findings` does."""
    return RunConfig.load(path)


def load_environment(path: Path) -> EnvironmentDocument:
    """Read config/environment.json; raises as `load_findings` does."""
    return EnvironmentDocument.load(path)


def load_scores(path: Path) -> DxScores:
    """Read dx_evaluation/scores.json; raises as `load_findings` does."""
    return DxScores.load(path)


def load_aggregate(path: Path) -> AggregatedFindings:
    """Read aggregated_findings.json; raises as `load_findings` does."""
    return AggregatedFindings.load(path)
