"""A load target is not missed because of the framework.

Who misses a target may be a machine, a slow stage, a slow service, or the framework. So the same
load is made on a plain executor in the same process, in turns, and three things must be known with
99 % confidence each before anything is said against the framework: that it misses the target, that
the plain executor meets it, and that it takes more than twice what the plain one does: more than
half of the figure is the framework's own then.
"""

from production_testers.laws.law import (
    Category,
    FindingType,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.load.figures import (
    HIGHER_IS_BETTER,
    Judged,
    against,
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

TARGETS = "targets"
"""What is measured: figures of a load that has targets."""

OWN_SHARE = 2.0
"""From this ratio to the plain executor on, more than half of a figure is the framework's own."""


def check(observation: Observation) -> Verdict:
    """Judge every figure that has a target."""
    return verdict_of(
        _judged(figure, figure.limit) for figure in observation.figures if figure.limit is not None
    )


def _judged(figure: LoadFigure, target: float) -> Judged:
    """Whether the framework is at fault: confirmed, rejected, or nobody can tell."""
    way = "throughput" if figure.name in HIGHER_IS_BETTER else "latency"
    if silent := why_silent(figure):
        return Judged(state=Decided.UNDECIDED, way=way, words=silent)
    limit = against(figure, target)
    share = beside(figure, OWN_SHARE)
    here, there = medians(figure)
    words = (
        f"{figure.name} is {here:.4g}{waited(figure)}, and {there:.4g} on a plain executor;"
        f" the target is {target:g} (medians of {len(figure.pairs)} pairs in turns;"
        f" {between(limit.own)} and {between(limit.control)} of the target, {between(share)} of"
        " the plain executor's, each with 99 % confidence)"
    )
    states = limit.own.state, limit.control.state, share.state
    if states == (Decided.CONFIRMED, Decided.REJECTED, Decided.CONFIRMED):
        return Judged(state=Decided.CONFIRMED, way=way, words=words)
    for excused, why in (
        (limit.met.state is Decided.REJECTED, "the target is met"),
        (limit.control.state is Decided.CONFIRMED, "the plain executor misses it, too"),
        (share.state is Decided.REJECTED, "most of it is not the framework's"),
    ):
        if excused:
            return Judged(state=Decided.REJECTED, way=way, words=f"{why}: {words}")
    return Judged(state=Decided.UNDECIDED, way=way, words=f"the pairs decide nothing: {words}")


LAW = Law(
    id="load/targets",
    statement="A stated target that a plain executor meets under the same load, on the same machine"
    " and in the same minutes, is not missed for the framework's own share of the figure: more than"
    " half of it.",
    category=Category.PERFORMANCE,
    capability=Capability.PARALLEL_STAGES,
    classes={
        "latency": OutcomeClass(
            title="A latency target is missed for the framework's own share of it",
            severity=Severity.MEDIUM,
            why="the machine and the stages would meet the target; only less load or more machines"
            " help who has to",
            type=FindingType.PERFORMANCE,
        ),
        "throughput": OutcomeClass(
            title="A throughput target is missed for the framework's own share of the time",
            severity=Severity.MEDIUM,
            why="the machine and the stages would meet the target; only more machines help who has"
            " to",
            type=FindingType.PERFORMANCE,
        ),
    },
    check=check,
    needs_costs=True,
    measures=TARGETS,
)
