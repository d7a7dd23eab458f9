"""No single step of the event loop grows faster than the pipeline."""

from production_testers.laws.cost.operations_per_stage import (
    EXPONENT_MAX,
    SIZE_MIN,
    local_exponent,
)
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


def check(observation: Observation) -> Verdict:
    """Judge the two largest sizes, at least a factor of 1.5 apart."""
    judgement = Judgement()
    points = sorted(
        (point for point in observation.costs if point.longest), key=lambda point: point.size
    )
    if len(points) < 2 or points[-1].size < SIZE_MIN:
        return judgement.verdict()
    small, large = points[-2:]
    if large.size < 1.5 * small.size:
        return judgement.verdict()
    steps = [CostPoint(size=point.size, operations=point.longest) for point in (small, large)]
    exponent = local_exponent(*steps)
    judgement.judge(
        exponent <= EXPONENT_MAX,
        "stalls",
        lambda: (
            f"from {small.size} to {large.size} stages the longest step of the event loop grows"
            f" from {small.longest:,} to {large.longest:,} executed lines of the framework: local"
            f" exponent {exponent:.2f}, at most {EXPONENT_MAX} is allowed"
        ),
    )
    return judgement.verdict()


LAW = Law(
    id="cost/longest-step",
    statement="The longest time for which the framework keeps the event loop from everybody else"
    f" grows at most like n^{EXPONENT_MAX} with the number of stages n.",
    category=Category.PERFORMANCE,
    capability=Capability.DAG,
    classes={
        "stalls": OutcomeClass(
            title="The framework keeps the event loop for longer and longer as pipelines grow",
            severity=Severity.MEDIUM,
            why="while it does, no other run goes on, and no time-out can fire",
            type=FindingType.PERFORMANCE,
            promise=Capability.LINEAR_COST,
        ),
    },
    check=check,
    needs_costs=True,
)
