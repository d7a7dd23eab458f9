"""Everything a report may speak about: a sentence without a datum in here must not be written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from production_testers.experiments.recipe import Recipe
from production_testers.workspace.documents import (
    DxScores,
    EnvironmentDocument,
    Finding,
    RunConfig,
    RunStatus,
)
from production_testers.workspace.proposals import Proposal
from production_testers.workspace.roadmap import RoadmapEntry


class RunVerdict(StrEnum):
    """What a report says of the system under test, for its entry."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    PASS_WITH_CONCERNS = "PASS_WITH_CONCERNS"  # noqa: S105
    NEEDS_WORK = "NEEDS_WORK"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisOutcome:
    """One hypothesis and what came of it.

    Attributes:
        id: H-001, H-002 …
        statement: What would be the case if it were true; falsifiable.
        law: The law that would be broken, or the laws; empty where none speaks of it.
        result: confirmed, rejected or undecided.
        evidence: Why: counts of schedules and of things judged, or the finding.
        finding_ids: The findings that confirm it.
        promise: What the framework says, to the letter; empty where it says nothing.
        source: `file:line` of the promise, or of the code.
        is_about_code: Whether it starts from a piece of code, not from a law.
    """

    id: str
    statement: str
    law: str
    result: str
    evidence: str
    finding_ids: tuple[str, ...] = ()
    promise: str = ""
    source: str = ""
    is_about_code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TestOutcome:
    """One test of the run folder, from its JUnit file.

    Attributes:
        category: correctness, reliability, performance, security, scalability, observability.
        name: The test's name with its parameters.
        outcome: passed, failed, error or skipped.
        message: First line of what it said; empty for passed.
        seconds: How long it took.
    """

    __test__ = False

    category: str
    name: str
    outcome: str
    message: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A candidate that a gate of the evidence pipeline turned down.

    Attributes:
        law: The law that seemed broken.
        outcome_class: In which way.
        kind: Kind of the scenario.
        gate: reproduced, attributed or verified: the gate it failed at.
        reason: Why, with numbers.
    """

    law: str
    outcome_class: str
    kind: str
    gate: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart in results/screenshots/.

    Attributes:
        subject: latency, throughput, memory, timeline-of-load, work, laws or timeline.
        path: Relative to the run folder.
        title: What it shows, with the value seen.
    """

    subject: str
    path: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencySummary:
    """Latency of real executions, milliseconds."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    mean_ms: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Real executions of the baseline pipeline with trivial stages, closed loop.

    Attributes:
        latency: Of one execution of the whole pipeline.
        throughput_per_s: Executions per second of wall time.
        concurrency: Callers.
        stages: Stages of the pipeline.
        failed: Executions that did not complete.
        cpu_us_per_execution: CPU time of the process, microseconds.
        rss_max_mb: Largest resident set of the worker process.
        tasks_left: Tasks that were still there afterwards.
        rate_per_s: What the open loop offered; None for runs before there was one.
        from_intended: Its latency, from the intended start.
    """

    latency: LatencySummary
    throughput_per_s: float
    concurrency: int
    stages: int
    failed: int
    cpu_us_per_execution: float
    rss_max_mb: float
    tasks_left: int
    rate_per_s: float | None = None
    from_intended: LatencySummary | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run, as it is told.

    Attributes:
        entry: The roadmap entry.
        recipe: How it was executed.
        config: What config/run_config.json holds.
        environment: What config/environment.json holds.
        status: The run's status.
        started_at: UTC with Z.
        completed_at: UTC with Z; None while it runs.
        duration_s: Wall time of the run, seconds.
        run_address: `ENTRY/run-…`.
        sut: Name and version of the system under test, as in `stageflow-core 1.2.0`.
        seed: The run's seed.
        verdict: By the written rules of `reports.verdict`.
        verdict_reasons: The facts that decided it, one sentence each.
        conclusive: Whether the risk that the entry names was exercised.
        inconclusive_reasons: What was not exercised or left out, one sentence each.
        missed_targets: SLOs that were missed, with the figure measured.
        exploration: Kind → what `KindReport.as_json` gives.
        costs: Shape → {"points": [[stages, operations] …], "verdicts": …}.
        measured: Real executions; None when none were made.
        findings: All findings of the run, worst first.
        finding_schedules: Finding id → {"kinds": [...], "schedules": n} in which it was seen, and
            "broken_so" where other defects broke the law in the same way in so many in all.
        rejected: Candidates that failed a gate.
        proposals: What people and agents proposed, with what became of it.
        hypotheses: With their results.
        tests: The run folder's own tests.
        data_files: Mock data: {"path", "records", "sha256", "class"} each.
        services: Names of the mock services.
        promises: Capability → {"quote", "file", "line"} of the system under test.
        dx: The developer-experience scores.
        friction: Friction points, one line each.
        experiments: Kind → what its experiment gave, as results/metrics/{kind}.json holds it.
        pictures: Charts of the run.
        pictures_missing: Why pictures could not be drawn; empty where all were.
        version: Of this package.
    """

    entry: RoadmapEntry
    recipe: Recipe
    config: RunConfig
    environment: EnvironmentDocument
    status: RunStatus
    started_at: str
    completed_at: str | None
    duration_s: float
    run_address: str
    sut: str
    seed: int
    verdict: RunVerdict
    verdict_reasons: tuple[str, ...]
    conclusive: bool
    inconclusive_reasons: tuple[str, ...]
    exploration: Mapping[str, Mapping[str, Any]]
    costs: Mapping[str, Mapping[str, Any]]
    measured: Measured | None
    findings: tuple[Finding, ...]
    finding_schedules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rejected: tuple[Rejected, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    missed_targets: tuple[str, ...] = ()
    hypotheses: tuple[HypothesisOutcome, ...] = ()
    tests: tuple[TestOutcome, ...] = ()
    data_files: tuple[Mapping[str, Any], ...] = ()
    services: tuple[str, ...] = ()
    promises: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    dx: DxScores | None = None
    friction: tuple[str, ...] = ()
    experiments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()
    pictures_missing: str = ""
    version: str = ""
