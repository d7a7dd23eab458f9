"""Operations per stage do not grow with the number of stages."""

import math

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

EXPONENT_MAX = 1.25
"""Total work may grow at most like this power of the number of stages (n·log n is about 1.15)."""

SHAPES = ("chain", "fan_out")
"""Pipelines whose executed lines are counted by number of stages."""

SIZE_MIN = 250
"""Smaller pipelines say little: constant work per run hides the growth."""


def local_exponent(small: CostPoint, large: CostPoint) -> float:
    """The power of the number of stages like which the work grows between two sizes."""
    return math.log(large.operations / small.operations) / math.log(large.size / small.size)


def check(observation: Observation) -> Verdict:
    """Judge the local exponent between the two largest sizes, at least a factor of 1.5 apart."""
    judgement = Judgement()
    points = sorted(
        (point for point in observation.costs if point.what == "stages"),
        key=lambda point: point.size,
    )
    if len(points) >= 2 and points[-1].size >= SIZE_MIN:
        small, large = points[-2], points[-1]
        if large.size >= 1.5 * small.size and small.operations > 0:
            exponent = local_exponent(small, large)
            judgement.judge(
                exponent <= EXPONENT_MAX,
                "superlinear",
                lambda: (
                    f"from {small.size} to {large.size} stages the work grows from"
                    f" {small.operations:,} to {large.operations:,} executed lines of the"
                    f" framework: local exponent {exponent:.2f}, at most {EXPONENT_MAX} is allowed"
                ),
            )
    return judgement.verdict()


LAW = Law(
    id="cost/operations-per-stage",
    statement=f"The work of one execution grows at most like n^{EXPONENT_MAX} with the number of"
    " stages n.",
    category=Category.SCALABILITY,
    capability=Capability.DAG,
    classes={
        "superlinear": OutcomeClass(
            title="The work of one execution grows faster than the number of its stages",
            severity=Severity.MEDIUM,
            why="large pipelines become slow, and one run blocks the event loop for others",
            type=FindingType.PERFORMANCE,
            promise=Capability.LINEAR_COST,
        ),
    },
    check=check,
    needs_costs=True,
)
