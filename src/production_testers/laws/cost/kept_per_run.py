"""Nothing is kept of a run that is over."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.model.observation import CostPoint, Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

BLOCKS_MAX = 1.0
"""Blocks of memory that each further run may keep: one object a run is what a leak begins with."""

RUNS_MIN = 200
"""Fewer further runs say little: caches fill, tables grow by doubling."""

RUNS = "runs_"
"""How the shapes begin whose sizes are numbers of runs."""

CLASS_OF = {
    "runs_completed": "kept-per-run",
    "runs_nested": "kept-per-nested-run",
    "runs_failed": "kept-per-failed-run",
    "runs_cancelled": "kept-per-cancelled-run",
    "runs_given_up": "kept-per-given-up-run",
}
"""How the runs ended → the way in which the law is broken."""


def kept_per_run(small: CostPoint, large: CostPoint) -> float:
    """Blocks kept for each run between two counts."""
    return (large.operations - small.operations) / (large.size - small.size)


def check(observation: Observation) -> Verdict:
    """Judge the two largest numbers of runs."""
    judgement = Judgement()
    points = sorted(
        (point for point in observation.costs if point.what in CLASS_OF),
        key=lambda point: point.size,
    )
    if len(points) >= 2 and points[-1].size - points[-2].size >= RUNS_MIN:
        small, large = points[-2:]
        slope = kept_per_run(small, large)
        judgement.judge(
            slope <= BLOCKS_MAX,
            CLASS_OF[large.what],
            lambda: (
                f"after {small.size:,} runs {small.operations:,} blocks of memory were in use, and"
                f" after {large.size:,} runs {large.operations:,}: each run keeps {slope:.1f}"
            ),
        )
    return judgement.verdict()


def _class(title: str, severity: Severity, capability: Capability) -> OutcomeClass:
    return OutcomeClass(
        title=title,
        severity=severity,
        why="a service that runs for months grows until it is killed",
        type=FindingType.RELIABILITY,
        capability=capability,
    )


LAW = Law(
    id="cost/kept-per-run",
    statement=f"Of a run that is over, however it ended, at most {BLOCKS_MAX:g} block of memory is"
    " kept by a pipeline that serves many runs.",
    category=Category.SCALABILITY,
    capability=Capability.DAG,
    classes={
        "kept-per-run": _class(
            "Something is kept of every run that completes", Severity.HIGH, Capability.DAG
        ),
        "kept-per-nested-run": _class(
            "Something is kept of every nested run", Severity.HIGH, Capability.NESTED_PIPELINES
        ),
        "kept-per-failed-run": _class(
            "Something is kept of every run that fails",
            Severity.MEDIUM,
            Capability.CLEANUP_ON_FAILURE,
        ),
        "kept-per-cancelled-run": _class(
            "Something is kept of every run that one of its stages cancels",
            Severity.MEDIUM,
            Capability.STATUS_CANCEL,
        ),
        "kept-per-given-up-run": _class(
            "Something is kept of every run that its caller cancels",
            Severity.MEDIUM,
            Capability.EXTERNAL_CANCELLATION,
        ),
    },
    check=check,
    needs_costs=True,
    measures=RUNS,
)
