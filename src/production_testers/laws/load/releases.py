"""A release is not slower than one before it, over the same pipeline and load, in turns."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.load.figures import (
    Judged,
    beside,
    between,
    medians,
    verdict_of,
    waited,
    why_silent,
)
from production_testers.model.measured import Decided
from production_testers.model.observation import LoadFigure, Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

RELEASES = "releases"
"""What is measured: figures of a load on two releases."""

SLOWER_MAX = 1.25
"""So much more is allowed: features cost something, and a comparison of two environments is never
quite fair."""

CPU = "cpu_us"
_WAYS = {CPU: "costs-more", "p50_ms": "slower", "p99_ms": "slower"}
FIGURES = tuple(_WAYS)
"""What is compared."""


def check(observation: Observation) -> Verdict:
    """Judge what was measured on both."""
    return verdict_of(
        _judged(figure)
        for figure in observation.figures
        if figure.limit is None and figure.name in _WAYS
    )


def _judged(figure: LoadFigure) -> Judged:
    way = _WAYS[figure.name]
    if silent := why_silent(figure):
        return Judged(state=Decided.UNDECIDED, way=way, words=silent)
    ratio = beside(figure, SLOWER_MAX)
    later, earlier = medians(figure)
    taken = "" if figure.name == CPU else waited(figure)
    words = (
        f"{figure.name} is {later:.4g}{taken}, and {earlier:.4g} on the earlier release (medians of"
        f" {len(figure.pairs)} pairs in turns): {between(ratio)} times as much, with 99 %"
        f" confidence; {SLOWER_MAX:g} is allowed"
    )
    return Judged(state=ratio.state, way=way, words=words)


LAW = Law(
    id="load/releases",
    statement="An execution of the same pipeline under the same load takes at most"
    f" {SLOWER_MAX:g} times the CPU time, and {SLOWER_MAX:g} times the latency, that it took on an"
    " earlier release, measured in turns.",
    category=Category.PERFORMANCE,
    capability=Capability.DAG,
    classes={
        "costs-more": OutcomeClass(
            title="An execution costs more CPU time than on an earlier release",
            severity=Severity.MEDIUM,
            why="who updates needs more machines for the same work",
            type=FindingType.PERFORMANCE,
        ),
        "slower": OutcomeClass(
            title="An execution takes longer than on an earlier release",
            severity=Severity.MEDIUM,
            why="who updates has slower answers under the same load",
            type=FindingType.PERFORMANCE,
        ),
    },
    check=check,
    needs_costs=True,
    measures=RELEASES,
)
