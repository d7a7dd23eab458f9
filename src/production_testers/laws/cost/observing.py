"""What observing costs follows the number of stages."""

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
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

OBSERVED = "observed_stages"
"""What is counted: stages of a run that is listened to, less the same run with nobody listening."""

LINES_MAX = 1_000
"""So many lines a stage are a bound that no framework should come near: it states none itself."""


def check(observation: Observation) -> Verdict:
    """Judge the two largest sizes."""
    judgement = Judgement()
    points = sorted((p for p in observation.costs if p.what == OBSERVED), key=lambda p: p.size)
    if len(points) < 2 or points[-1].size < SIZE_MIN:
        return judgement.verdict()
    small, large = points[-2:]
    exponent = local_exponent(small, large) if min(small.operations, large.operations) > 0 else 0.0
    judgement.judge(
        exponent <= EXPONENT_MAX,
        "superlinear",
        lambda: (
            f"from {small.size} to {large.size} stages observing adds {small.operations:,} and"
            f" {large.operations:,} executed lines of the framework: local exponent"
            f" {exponent:.2f}, at most {EXPONENT_MAX} is allowed"
        ),
    )
    judgement.judge(
        large.operations <= LINES_MAX * large.size,
        "above-bound",
        lambda: (
            f"observing a run of {large.size} stages adds {large.operations:,} executed lines of"
            f" the framework, {large.operations / large.size:,.0f} a stage; at most {LINES_MAX:,}"
            " are allowed"
        ),
    )
    return judgement.verdict()


LAW = Law(
    id="cost/observing",
    statement="What it adds to a run's work that somebody listens to its events and log records is"
    f" at most {LINES_MAX:,} executed lines a stage, and grows at most like n^{EXPONENT_MAX} with"
    " the number of stages n.",
    category=Category.OBSERVABILITY,
    capability=Capability.EVENTS,
    classes={
        "superlinear": OutcomeClass(
            title="Observing costs more and more for each stage as pipelines grow",
            severity=Severity.MEDIUM,
            why="large pipelines are run unobserved, and fail unseen",
            type=FindingType.PERFORMANCE,
        ),
        "above-bound": OutcomeClass(
            title="Observing a stage costs many times what executing it does",
            severity=Severity.LOW,
            why="observation is switched off where it is needed most",
            type=FindingType.PERFORMANCE,
        ),
    },
    check=check,
    needs_costs=True,
    measures=OBSERVED,
)
