"""A run as it could have been: builders of records by hand."""

from importlib import resources

import pytest

from production_testers.experiments.recipes import recipe_for
from production_testers.reports.record import (
    HypothesisOutcome,
    LatencySummary,
    Measured,
    Rejected,
    RunRecord,
    RunVerdict,
    TestOutcome,
)
from production_testers.workspace.documents import (
    DxCategories,
    DxCategory,
    DxScores,
    EnvironmentDocument,
    Finding,
    RunConfig,
    RunParameters,
    RunStatus,
)
from production_testers.workspace.roadmap import RoadmapEntry

STARTED = "2026-01-14T09:00:00Z"
COMPLETED = "2026-01-14T09:05:00Z"
RUN_ID = "run-2026-01-14-001"


def make_finding(finding_id="CORE-001-BUG-001", **fields):
    evidence = {
        "law": "dag/runs-once",
        "statement": "In a run that completes, every stage is executed exactly once.",
        "outcome_class": "stage-never-ran",
        "fingerprint": f"{sum(map(ord, finding_id)):016x}",
        "component": "stageflow.pipeline.dag.UnifiedStageGraph.run",
        "features": ["dependency", "fault:return_none"],
        "feasible": True,
        "state": "verified",
        "states": [
            {"state": "proposed", "at": STARTED, "detail": "schedule 3 of chaos, seed 7"},
            {"state": "reproduced", "at": STARTED, "detail": "3 of 3 fresh processes"},
            {"state": "attributed", "at": STARTED, "detail": "reference holds in 25 of 25"},
            {"state": "verified", "at": STARTED, "detail": "clean environment: shows it"},
        ],
        "replay": f"ptest replay {finding_id}",
        "why_severity": "work is lost and reported as done",
        "directives": ["Pipeline: 2 stages: a, b after a.", "Stage a returns nothing."],
        "expected": "b is executed once",
        "expected_source": "stageflow/pipeline/dag.py:12",
        "actual": "b was never executed and the run completed",
        "executions": 41,
        "seen": {"kinds": ["chaos", "recovery"], "schedules": 17},
        **fields.pop("evidence", {}),
    }
    return Finding(
        **{
            "id": finding_id,
            "type": "bug",
            "severity": "critical",
            "title": "A stage is never executed, and its run goes on",
            "description": "Two stages in a row.\n\nThe second one was left out without a word.",
            "status": "confirmed",
            "created_at": STARTED,
            "component": "stageflow.pipeline.dag.UnifiedStageGraph.run",
            "reproduction": {
                "steps": [f"ptest replay {finding_id}", "python repro.py"],
                "frequency": "always",
                "conditions": "stageflow-core 1.2.0",
            },
            "impact": {"data_risk": "high", "workaround_available": False},
            "recommendation": {"summary": "Refuse a stage that returns nothing"},
            "attachments": [
                {
                    "name": "Evidence",
                    "path": f"results/evidence/{finding_id}/evidence.json",
                    "type": "json",
                }
            ],
            "evidence": evidence,
            **fields,
        }
    )


def make_findings():
    """One of each severity, an unconfirmed one, a duplicate, and one that will not be fixed."""
    high = {
        "law": "lifecycle/nothing-left-running",
        "outcome_class": "after-failure",
        "why_severity": "side effects happen after the caller was told",
        "actual": "stage c wrote 4 ms after the run had failed",
    }
    cost = {"law": "cost/operations-per-stage", "outcome_class": "superlinear"}
    return (
        make_finding(),
        make_finding(
            "CORE-001-REL-001",
            type="reliability",
            severity="high",
            title="Stages go on running after their run has failed",
            evidence=high,
        ),
        make_finding(
            "CORE-001-BUG-002",
            severity="high",
            status="open",
            title="Not yet verified | with a pipe",
            evidence={"state": "minimised", "law": "merge/timing-independent"},
        ),
        make_finding(
            "CORE-001-PERF-001",
            type="performance",
            severity="medium",
            title="Work grows faster than the number of stages",
            evidence=cost,
        ),
        make_finding(
            "CORE-001-BUG-003",
            severity="low",
            status="duplicate",
            title="Known before",
            related_findings=["DAG-008-BUG-001"],
        ),
        make_finding("CORE-001-BUG-004", severity="info", status="wont_fix", title="By design"),
    )


def kind_report(kind, planned, **fields):
    laws = {
        "dag/runs-once": {"exercised": 400, "broken": 17 * (kind == "chaos"), "holds": planned},
        "dag/outputs-delivered": {"exercised": 900, "holds": planned - 3, "unknown": 3},
        "dag/outputs-in-result": {"exercised": 800, "holds": planned},
        "lifecycle/nothing-left-running": {"exercised": 70, "holds": planned - 2, "broken": 2},
        "merge/timing-independent": {"exercised": 30, "holds": planned},
        "routing/skip-requests": {"exercised": 0, "unknown": planned},
    }
    return {
        "kind": kind,
        "planned": planned,
        "schedules": planned,
        "steps": planned * 37,
        "left_out": 0,
        "lost": 0,
        "not_offered": {},
        "laws": laws,
        "broken": [["dag/runs-once", "stage-never-ran", 17]] if kind == "chaos" else [],
        "distinct_interleavings": planned - 5,
        "digest": f"{planned:032x}",
        "power": {"strategies": {"latencies": planned - 9, "pct1": 9}, "tasks": 4, "choices": 6},
        **fields,
    }


def make_dx():
    names = DxCategories.model_fields
    categories = {name: DxCategory(score=3, notes=f"{name}: 3 of 5") for name in names}
    return DxScores(
        overall_score=3.4,
        categories=DxCategories(**categories),
        documentation_gaps=("No page says what retry does",),
    )


def make_measured():
    latency = LatencySummary(
        p50_ms=1.25, p95_ms=2.5, p99_ms=61.75, max_ms=80.0, mean_ms=1.5, count=2000
    )
    return Measured(
        latency=latency,
        throughput_per_s=812.5,
        concurrency=20,
        stages=4,
        failed=0,
        cpu_us_per_execution=310.0,
        rss_max_mb=48.2,
        tasks_left=0,
    )


def make_tests():
    return (
        TestOutcome(
            category="correctness",
            name="test_law_holds[dag/runs-once-chaos]",
            outcome="failed",
            message="AssertionError: schedule 3: b was never executed",
        ),
        TestOutcome(
            category="correctness",
            name="test_law_holds[dag/outputs-delivered-chaos]",
            outcome="passed",
        ),
        TestOutcome(
            category="correctness",
            name="test_law_holds[routing/skip-requests-chaos]",
            outcome="skipped",
            message="nothing to judge",
        ),
        TestOutcome(
            category="performance", name="test_targets_are_met", outcome="failed", message="p99_ms"
        ),
        TestOutcome(category="security", name="test_lab", outcome="error", message="fixture"),
    )


def make_hypotheses():
    return (
        HypothesisOutcome(
            id="H-001",
            statement="A stage that returns nothing stops the stages after it without an error.",
            law="dag/runs-once",
            result="confirmed",
            evidence="17 of 200 chaos schedules",
            finding_ids=("CORE-001-BUG-001",),
            promise="Executes stages as soon as their dependencies are met",
            source="stageflow/pipeline/dag.py:12",
        ),
        HypothesisOutcome(
            id="H-002",
            statement="The outputs of parallel stages are mixed up | or lost.",
            law="dag/outputs-delivered",
            result="rejected",
            evidence="4,500 things judged",
        ),
        HypothesisOutcome(
            id="H-003",
            statement="Two runs write one file.",
            law="",
            result="undecided",
            evidence="no law judges the files",
            source="stageflow/pipeline/dag.py:150",
            is_about_code=True,
        ),
    )


def make_record(**fields):
    findings = fields.get("findings", make_findings())
    entry = RoadmapEntry(
        id="CORE-001",
        title="Output merging under parallel fan-out",
        priority="P0",
        risk="Catastrophic",
        tier="Tier 1",
        section="Core",
        line=12,
        family="CORE",
    )
    values = {
        "entry": entry,
        "recipe": recipe_for("CORE-001"),
        "config": RunConfig(
            roadmap_entry_id="CORE-001",
            roadmap_entry_title=entry.title,
            priority="P0",
            risk_class="Catastrophic",
            run_id=RUN_ID,
            started_at=STARTED,
            test_parameters=RunParameters.model_validate(
                {"concurrency_level": 20, "slo": {"p99_ms": 50.0, "throughput_tps": 500.0}}
            ),
        ),
        "environment": EnvironmentDocument(
            python_version="3.11.7",
            os="Linux 6.1",
            cpu="x86_64",
            memory_gb=8,
            dependencies={"uuid6": "2024.1.12", "stageflow-core": "1.2.0", "absent": None},
        ),
        "status": RunStatus.COMPLETED,
        "started_at": STARTED,
        "completed_at": COMPLETED,
        "duration_s": 300.0,
        "run_address": f"CORE-001/{RUN_ID}",
        "sut": "stageflow-core 1.2.0",
        "seed": 7,
        "verdict": RunVerdict.FAIL,
        "verdict_reasons": ("1 confirmed critical finding: CORE-001-BUG-001.",),
        "conclusive": True,
        "inconclusive_reasons": (),
        "exploration": {
            "baseline": kind_report("baseline", 50),
            "stress": kind_report("stress", 75),
            "chaos": kind_report(
                "chaos", 200, schedules=190, left_out=4, lost=6, not_offered={"status_retry": 4}
            ),
            "adversarial": kind_report("adversarial", 125),
            "recovery": kind_report("recovery", 75),
        },
        "costs": {
            "chain": {
                "points": [[256, 51_200], [512, 204_800]],
                "verdicts": {
                    "cost/operations-per-stage": {
                        "state": "broken",
                        "outcome_class": "superlinear",
                        "summary": "local exponent 2.00, at most 1.25 is allowed",
                        "exercised": 1,
                    }
                },
            }
        },
        "measured": make_measured(),
        "findings": findings,
        "finding_schedules": {"CORE-001-BUG-001": {"kinds": ["chaos"], "schedules": 17}},
        "rejected": (
            Rejected(
                law="merge/timing-independent",
                outcome_class="depends-on-timing",
                kind="chaos",
                gate="attributed",
                reason="on the reference the law breaks | in 3 of 25 timings",
            ),
        )
        * 2,
        "hypotheses": make_hypotheses(),
        "tests": make_tests(),
        "data_files": (
            {
                "path": "mocks/data/happy_path/requests_valid_1k.json",
                "records": 1000,
                "sha256": "ab" * 32,
                "class": "happy_path",
            },
        ),
        "services": ("mock_llm", "mock_db"),
        "promises": {
            "dag": {
                "quote": "Executes stages as soon as their dependencies are met",
                "file": "stageflow/pipeline/dag.py",
                "line": 12,
            },
            "concurrent_runs": None,
            "merged_lookup": {"quote": "a | b", "file": "stageflow/stages/inputs.py", "line": 9},
            "immutable_inputs": {"quote": "Immutable", "file": "inputs.py", "line": 3},
        },
        "dx": make_dx(),
        "friction": ("F1. Error messages name no stage",),
        **fields,
    }
    return RunRecord(**values)


def make_empty_record(**fields):
    """A run that was stopped before anything was executed."""
    return make_record(
        **{
            "status": RunStatus.BLOCKED,
            "completed_at": None,
            "verdict": RunVerdict.PASS_WITH_CONCERNS,
            "verdict_reasons": (),
            "conclusive": False,
            "inconclusive_reasons": ("the system under test could not be installed",),
            "exploration": {},
            "costs": {},
            "measured": None,
            "findings": (),
            "finding_schedules": {},
            "rejected": (),
            "hypotheses": (),
            "tests": (),
            "data_files": (),
            "services": (),
            "promises": {},
            "dx": None,
            "friction": (),
            **fields,
        }
    )


@pytest.fixture(scope="session")
def finding():
    return make_finding


@pytest.fixture(scope="session")
def record():
    return make_record


@pytest.fixture(scope="session")
def empty_record():
    return make_empty_record


@pytest.fixture(scope="session")
def template():
    root = resources.files("production_testers.workspace") / "root"
    return (root / "FINAL_REPORT_TEMPLATE.md").read_text()
