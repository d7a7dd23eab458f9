"""One run on disk: where its files are, and how its documents are written and read."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from production_testers.model.errors import UsageError
from production_testers.workspace.atomic import write_json, write_text
from production_testers.workspace.clock import compact
from production_testers.workspace.documents import (
    DxScores,
    EnvironmentDocument,
    FindingsDocument,
    FindingsMetadata,
    RunConfig,
    RunStatus,
    load_config,
    load_environment,
    load_findings,
    load_scores,
)
from production_testers.workspace.journal import Journal
from production_testers.workspace.naming import RunName, log_name, parse_run_name, trace_name
from production_testers.workspace.run_readme import RunReadme

ARCHIVE = "archive"
"""The only sibling of the run folders of an entry."""

_DRAFT_REPORT = """\
# Final report: {entry} {title}

> Draft: not written yet. This file is written when the run `{run}` ends.
"""
_DRAFT_FRICTION = "# Friction points\n\n> Draft: nobody has looked yet.\n"
_DRAFT_SUGGESTIONS = "# Suggestions\n\n> Draft: nobody has looked yet.\n"
DRAFT_SUMMARY = "Draft: the run is in progress."


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run's folder: `runs/{ENTRY}/run-…` or, archived, `runs/{ENTRY}/archive/run-…`.

    Args:
        path: The folder.

    Raises:
        UsageError: The folder's name is not that of a run.
    """

    path: Path

    def __post_init__(self) -> None:
        if parse_run_name(self.path.name) is None:
            raise UsageError(
                f"{self.path} is no run folder: its name is not run-YYYY-MM-DD-SEQ.",
                do="`ptest runs list` shows every run.",
            )

    @property
    def is_archived(self) -> bool:
        """Whether the run was moved to its entry's archive."""
        return self.path.parent.name == ARCHIVE

    @property
    def entry_id(self) -> str:
        """The roadmap entry that the run is about."""
        folder = self.path.parent
        return folder.parent.name if self.is_archived else folder.name

    @property
    def run_id(self) -> str:
        """The folder's name."""
        return self.path.name

    @property
    def address(self) -> str:
        """`CORE-001/run-2026-01-14-001`: names the run within its workspace."""
        return f"{self.entry_id}/{self.run_id}"

    @property
    def name(self) -> RunName:
        """The folder's name as day and number; sorts runs of an entry by their start."""
        name = parse_run_name(self.run_id)
        assert name is not None, "checked when the object was made"
        return name

    @property
    def readme(self) -> Path:
        """README.md."""
        return self.path / "README.md"

    @property
    def findings(self) -> Path:
        """findings.json."""
        return self.path / "findings.json"

    @property
    def final_report(self) -> Path:
        """FINAL_REPORT.md."""
        return self.path / "FINAL_REPORT.md"

    @property
    def requirements(self) -> Path:
        """requirements.txt."""
        return self.path / "requirements.txt"

    @property
    def research(self) -> Path:
        """research/."""
        return self.path / "research"

    @property
    def mocks(self) -> Path:
        """mocks/."""
        return self.path / "mocks"

    @property
    def mock_data(self) -> Path:
        """mocks/data/."""
        return self.mocks / "data"

    @property
    def mock_services(self) -> Path:
        """mocks/services/."""
        return self.mocks / "services"

    @property
    def mock_fixtures(self) -> Path:
        """mocks/fixtures/."""
        return self.mocks / "fixtures"

    @property
    def pipelines(self) -> Path:
        """pipelines/."""
        return self.path / "pipelines"

    @property
    def stages(self) -> Path:
        """pipelines/stages/."""
        return self.pipelines / "stages"

    @property
    def tests(self) -> Path:
        """tests/."""
        return self.path / "tests"

    @property
    def results(self) -> Path:
        """results/."""
        return self.path / "results"

    @property
    def metrics(self) -> Path:
        """results/metrics/."""
        return self.results / "metrics"

    @property
    def traces(self) -> Path:
        """results/traces/."""
        return self.results / "traces"

    @property
    def logs(self) -> Path:
        """results/logs/."""
        return self.results / "logs"

    @property
    def screenshots(self) -> Path:
        """results/screenshots/; only where there is visual evidence."""
        return self.results / "screenshots"

    @property
    def evidence(self) -> Path:
        """results/evidence/, with one folder a finding."""
        return self.results / "evidence"

    @property
    def record(self) -> Path:
        """results/record.json: what the report was made of."""
        return self.results / "record.json"

    @property
    def events(self) -> Path:
        """results/events.jsonl."""
        return self.results / "events.jsonl"

    @property
    def junit(self) -> Path:
        """results/junit.xml."""
        return self.results / "junit.xml"

    @property
    def sarif(self) -> Path:
        """results/findings.sarif."""
        return self.results / "findings.sarif"

    @property
    def html_report(self) -> Path:
        """results/report.html."""
        return self.results / "report.html"

    @property
    def dx_evaluation(self) -> Path:
        """dx_evaluation/."""
        return self.path / "dx_evaluation"

    @property
    def scores(self) -> Path:
        """dx_evaluation/scores.json."""
        return self.dx_evaluation / "scores.json"

    @property
    def friction_points(self) -> Path:
        """dx_evaluation/friction_points.md."""
        return self.dx_evaluation / "friction_points.md"

    @property
    def suggestions(self) -> Path:
        """dx_evaluation/suggestions.md."""
        return self.dx_evaluation / "suggestions.md"

    @property
    def config(self) -> Path:
        """config/run_config.json."""
        return self.path / "config" / "run_config.json"

    @property
    def environment(self) -> Path:
        """config/environment.json."""
        return self.path / "config" / "environment.json"

    @property
    def agent_prompt(self) -> Path:
        """config/agent_prompt.md: what an agent was told."""
        return self.path / "config" / "agent_prompt.md"

    @property
    def journal(self) -> Journal:
        """What happened to the run."""
        return Journal(self.events)

    def evidence_of(self, finding_id: str) -> Path:
        """results/evidence/{FINDING_ID}/."""
        return self.evidence / finding_id

    def free_trace(self, moment: datetime, scenario: str) -> Path:
        """Where a trace of `scenario` from `moment` goes; on a collision, the next free second."""
        while (path := self.traces / trace_name(compact(moment), scenario)).exists():
            moment += timedelta(seconds=1)
        return path

    def free_log(self, moment: datetime, scenario: str) -> Path:
        """Where a log of `scenario` from `moment` goes; on a collision, the next free second."""
        while (path := self.logs / log_name(compact(moment), scenario)).exists():
            moment += timedelta(seconds=1)
        return path

    def write_findings(self, document: FindingsDocument) -> None:
        """Write findings.json; raises as `atomic.write_json` does."""
        write_json(self.findings, document.as_json())

    def read_findings(self) -> FindingsDocument:
        """Read findings.json; raises as `documents.load_findings` does."""
        return load_findings(self.findings)

    def write_config(self, document: RunConfig) -> None:
        """Write config/run_config.json; raises as `atomic.write_json` does."""
        write_json(self.config, document.as_json())

    def read_config(self) -> RunConfig:
        """Read config/run_config.json; raises as `documents.load_findings` does."""
        return load_config(self.config)

    def write_environment(self, document: EnvironmentDocument) -> None:
        """Write config/environment.json; raises as `atomic.write_json` does."""
        write_json(self.environment, document.as_json())

    def read_environment(self) -> EnvironmentDocument:
        """Read config/environment.json; raises as `documents.load_findings` does."""
        return load_environment(self.environment)

    def write_scores(self, document: DxScores) -> None:
        """Write dx_evaluation/scores.json; raises as `atomic.write_json` does."""
        write_json(self.scores, document.as_json())

    def read_scores(self) -> DxScores:
        """Read dx_evaluation/scores.json; raises as `documents.load_findings` does."""
        return load_scores(self.scores)

    def write_readme(self, readme: RunReadme) -> None:
        """Write README.md; raises as `atomic.write_text` does."""
        write_text(self.readme, readme.render())

    def write_state(self, document: FindingsDocument) -> None:
        """Write findings.json, and a README that says the same; raises as `atomic.write_json`."""
        self.write_findings(document)
        self.write_readme(self.readme_of(document))

    def readme_of(self, document: FindingsDocument, summary: str | None = None) -> RunReadme:
        """What a README can say that follows from findings.json alone, or from it and a summary."""
        metadata = document.metadata
        return RunReadme(
            entry_id=self.entry_id,
            title=metadata.roadmap_entry_title,
            run_id=self.run_id,
            status=metadata.status,
            started_at=metadata.started_at,
            completed_at=metadata.completed_at,
            summary=metadata.summary if summary is None else summary,
            findings_logged=len(document.findings),
        )

    def draft_texts(self, title: str) -> dict[Path, str]:
        """The required Markdown files before somebody has written them, less the README."""
        report = _DRAFT_REPORT.format(entry=self.entry_id, title=title, run=self.run_id)
        return {
            self.final_report: report,
            self.friction_points: _DRAFT_FRICTION,
            self.suggestions: _DRAFT_SUGGESTIONS,
        }

    def draft(
        self,
        *,
        config: RunConfig,
        environment: EnvironmentDocument,
        agent_run_id: str | None = None,
    ) -> FindingsDocument:
        """Write the five required files and dx_evaluation/, valid and marked as drafts.

        Args:
            config: Says which entry, run and moment this is.
            environment: The machine and the environment of the system under test.
            agent_run_id: UUID of the run; by default it follows from address and start.

        Returns:
            The findings document as written, without findings.

        Raises:
            UsageError: `config` is of another run, or the place cannot be written to.
            PtestError: The disk is full, or fails in another way.
        """
        if (config.roadmap_entry_id, config.run_id) != (self.entry_id, self.run_id):
            raise UsageError(
                f"The configuration is of {config.roadmap_entry_id}/{config.run_id}, "
                f"the folder of {self.address}."
            )
        document = self.draft_findings(
            title=config.roadmap_entry_title,
            started_at=config.started_at,
            stageflow_version=config.stageflow_version,
            agent_model=config.agent_model,
            agent_run_id=agent_run_id,
        )
        self.write_config(config)
        self.write_environment(environment)
        self.write_findings(document)
        self.write_scores(DxScores.draft())
        for path, text in self.draft_texts(config.roadmap_entry_title).items():
            write_text(path, text)
        self.write_readme(self.readme_of(document))
        return document

    def draft_findings(
        self,
        *,
        title: str,
        started_at: str,
        stageflow_version: str | None = None,
        agent_model: str | None = None,
        agent_run_id: str | None = None,
        summary: str = DRAFT_SUMMARY,
    ) -> FindingsDocument:
        """A findings document without findings, of a run in progress; nothing is written."""
        name = f"{self.address}@{started_at}"
        return FindingsDocument(
            findings=(),
            metadata=FindingsMetadata(
                roadmap_entry_id=self.entry_id,
                roadmap_entry_title=title,
                agent_run_id=agent_run_id or str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
                started_at=started_at,
                status=RunStatus.IN_PROGRESS,
                stageflow_version=stageflow_version,
                agent_model=agent_model,
                summary=summary,
            ),
        )
