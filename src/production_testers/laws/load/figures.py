"""What the laws about loads share: which figures say something, and how a ratio is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from production_testers.laws.law import Judgement
from production_testers.model.measured import Decided, Decision, decide_ratio
from production_testers.model.observation import LoadFigure
from production_testers.model.verdict import State, Verdict

HIGHER_IS_BETTER = frozenset({"throughput_tps"})

OPERATIONS_MIN = {
    "p50_ms": 20,
    "p90_ms": 100,
    "p95_ms": 200,
    "p99_ms": 1_000,
    "p999_ms": 10_000,
    "throughput_tps": 20,
    "cpu_us": 20,
}
"""Executions that each load must have completed before a figure says anything: ten of them lie
beyond a percentile then. The longest latency is one execution, and never says anything."""


def why_silent(figure: LoadFigure) -> str:
    """Why a figure says nothing; empty where it says something."""
    least = OPERATIONS_MIN.get(figure.name)
    if least is None:
        return f"{figure.name} is no figure that repetitions could decide"
    if figure.operations < least:
        return (
            f"{figure.name} needs {least:,} executions in each load, and one completed"
            f" {figure.operations:,}"
        )
    if any(own <= 0 or other <= 0 for own, other in figure.pairs):
        return f"{figure.name} is 0 in one of the loads"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """A target, and how far the system under test and its control are beyond it: over 1 is a miss.

    Attributes:
        own: Of the system under test. Others on the machine take more than the core: caches, and
            what a core gives. So a miss counts only by more than the share that they had of it.
        met: The same, with nothing added: whether the target is met.
        control: Of the control.
    """

    own: Decision
    met: Decision
    control: Decision


def against(figure: LoadFigure, limit: float) -> Against:
    """How far a figure is beyond its target."""
    own = [_cost(figure.name, one, limit) for one, _ in figure.pairs]
    control = [_cost(figure.name, other, limit) for _, other in figure.pairs]
    return Against(
        own=decide_ratio(own, 1.0 + figure.waited_share),
        met=decide_ratio(own, 1.0),
        control=decide_ratio(control, 1.0),
    )


def beside(figure: LoadFigure, limit: float) -> Decision:
    """How much worse it is than its control, in every pair."""
    return decide_ratio([_cost(figure.name, *pair) for pair in figure.pairs], limit)


def _cost(name: str, one: float, other: float) -> tuple[float, float]:
    """A pair whose ratio grows as the first becomes worse."""
    return (other, one) if name in HIGHER_IS_BETTER else (one, other)


def medians(figure: LoadFigure) -> tuple[float, float]:
    """Of the system under test and of its control."""
    return median(one for one, _ in figure.pairs), median(other for _, other in figure.pairs)


def waited(figure: LoadFigure) -> str:
    """What was taken off, in words; empty where it is nothing to speak of."""
    share = round(100 * figure.waited_share)
    return f", less the {share} % of the time in which others had its core" if share else ""


def between(decision: Decision) -> str:
    """The interval in words."""
    return f"{decision.low:.3g} to {decision.high:.3g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the pairs of one figure say.

    Attributes:
        state: Confirmed where it breaks the law.
        way: In which way, where it does.
        words: With the numbers.
    """

    state: Decided
    way: str
    words: str


def verdict_of(figures: Iterable[Judged]) -> Verdict:
    """Broken where one figure is; holds only where no figure is left undecided."""
    judgement, silent, seen = Judgement(), [], []
    for one in figures:
        if one.state is Decided.UNDECIDED:
            silent.append(one.words)
        else:
            seen.append(one.words)
            judgement.judge(one.state is Decided.REJECTED, one.way, one.words.__str__)
    verdict = judgement.verdict()
    if verdict.state is State.BROKEN:
        return verdict
    if silent:
        return Verdict(state=State.UNKNOWN, summary="; ".join(silent))
    if not seen:
        return verdict
    return Verdict(state=State.HOLDS, summary="; ".join(seen), exercised=verdict.exercised)
