"""What a guard costs follows the length of the text."""

from itertools import groupby

from production_testers.laws.cost.operations_per_stage import local_exponent
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

GUARDED = "guarded_"
"""How the shapes begin whose sizes are characters of a text that a guard looks at."""

EXPONENT_MAX = 1.6
"""Half way between linear and quadratic, and a bit: processor time is not counted to the line."""

NS_MIN = 20_000_000
"""What takes less than 20 ms for the longest text hurts nobody, however it grows."""


def check(observation: Observation) -> Verdict:
    """Judge the two longest texts of each sort."""
    judgement = Judgement()
    guarded = sorted(
        (point for point in observation.costs if point.what.startswith(GUARDED)),
        key=lambda point: (point.what, point.size),
    )
    for what, same in groupby(guarded, key=lambda point: point.what):
        points = list(same)
        if len(points) < 2 or points[-2].operations <= 0:
            continue
        small, large = points[-2:]
        exponent = local_exponent(small, large)
        judgement.judge(
            exponent <= EXPONENT_MAX or large.operations < NS_MIN,
            "falls-behind",
            lambda small=small, large=large, what=what, exponent=exponent: (  # type: ignore[misc]
                f"the check `{what.removeprefix(GUARDED)}` takes"
                f" {small.operations / 1e6:.0f} ms of processor time for {small.size:,} characters"
                f" and {large.operations / 1e6:.0f} ms for {large.size:,}: local exponent"
                f" {exponent:.1f}, at most {EXPONENT_MAX} is allowed"
            ),
        )
    return judgement.verdict()


LAW = Law(
    id="guard/keeps-up",
    statement="The processor time that a guard takes grows like the length of the text that it"
    f" looks at: at most like n^{EXPONENT_MAX}.",
    category=Category.PERFORMANCE,
    capability=Capability.CONTENT_FILTER,
    units=frozenset({"guard_checks"}),
    classes={
        "falls-behind": OutcomeClass(
            title="A guard takes many times longer for a text than its length accounts for",
            severity=Severity.MEDIUM,
            why="one long message keeps the event loop, and with it every other request",
            type=FindingType.PERFORMANCE,
        ),
    },
    check=check,
    needs_costs=True,
    measures=GUARDED,
)
