import pytest

from production_testers.workspace.documents import (
    EnvironmentDocument,
    Finding,
    FindingsDocument,
    RunConfig,
)
from production_testers.workspace.layout import PLACES_OF_RUN
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.run_readme import RunReadme

STARTED = "2026-01-14T09:00:00Z"


@pytest.fixture(scope="session")
def specification(pristine) -> str:
    return (pristine / "FOLDER_STRUCTURE.md").read_text()


@pytest.fixture
def finding():
    """Makes findings; whatever a test does not care about is filled in."""

    def make(finding_id="FIN-001-BUG-001", **fields) -> Finding:
        return Finding(
            **{
                "id": finding_id,
                "type": "bug",
                "severity": "high",
                "title": "Outputs are lost",
                "description": "Expected both outputs, got one.",
                "status": "confirmed",
                "created_at": STARTED,
                **fields,
            }
        )

    return make


@pytest.fixture
def draft(workspace):
    """Makes run folders as they are in their first second."""

    def make(address="FIN-001/run-2026-01-14-001", *, started_at=None) -> RunFolder:
        entry_id, run_id = address.split("/")
        run = RunFolder(workspace.runs_folder / entry_id / run_id)
        day = run.name.day.isoformat()
        run.draft(
            config=RunConfig(
                roadmap_entry_id=entry_id,
                roadmap_entry_title="High-frequency fraud detection",
                priority="P0",
                risk_class="Catastrophic",
                run_id=run_id,
                started_at=started_at or f"{day}T09:00:00Z",
            ),
            environment=EnvironmentDocument(
                python_version="3.11.7", os="Linux", cpu="any", memory_gb=8, dependencies={}
            ),
        )
        return run

    return make


@pytest.fixture
def complete(draft, finish):
    """Makes runs that hold every file that the specification shows."""

    def make(address="FIN-001/run-2026-01-14-001", findings=()) -> RunFolder:
        run = draft(address)
        for place in PLACES_OF_RUN:
            path = run.path / place.path
            if place.is_folder or place.ours or path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("[]\n" if path.suffix == ".json" else "")
        for name in (
            "mocks/data/happy_path/transactions_valid_10k.json",
            "mocks/data/scale/transactions_valid_100k.jsonl",
            "results/traces/trace_20260114_093045_stress.json",
            "results/logs/run_20260114_093045_stress.log",
        ):
            path = run.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}\n")
        finish(run, findings)
        return run

    return make


@pytest.fixture
def finish():
    """Ends a run: its findings and README say so alike."""

    def end(run, findings=(), status="completed") -> None:
        document = run.read_findings().with_findings(findings)
        completed_at = None if status == "in_progress" else f"{run.name.day}T09:05:00Z"
        metadata = {
            **document.metadata.as_json(),
            "status": status,
            "completed_at": completed_at,
        }
        document = FindingsDocument.model_validate({**document.as_json(), "metadata": metadata})
        run.write_findings(document)
        scores = run.read_scores()
        run.write_scores(scores.model_copy(update={"overall_score": 3.8}))
        if status == "completed":
            for path in (run.final_report, run.friction_points, run.suggestions):
                path.write_text("# Written\n")
        run.write_readme(
            RunReadme(
                entry_id=run.entry_id,
                title=document.metadata.roadmap_entry_title,
                run_id=run.run_id,
                status=document.metadata.status,
                started_at=document.metadata.started_at,
                completed_at=document.metadata.completed_at,
                summary="It was tested.",
                findings_logged=len(document.findings),
            )
        )

    return end
