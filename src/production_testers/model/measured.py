"""The rule for evidence that is measured: real runs, load, scripts. Pure; standard library only.

A simulated break has the same bytes every time. A real one comes now and then, so it is repeated:

1. A *repetition* is a new process in a clean environment. How many there are is fixed beforehand:
   whoever goes on until it suits him finds anything. One that cannot tell counts for neither side,
   and where that is more than one in five, nobody can tell.
2. The system and its control take turns (`in_turns`), so that a machine that becomes slow becomes
   slow for both.
3. A break is *confirmed* when it shows in more than half of all repetitions that one could make,
   with 99 % confidence, by the exact one-sided bound of Clopper and Pearson (1934): 10 of 10, or
   16 of 20. It is *rejected* when it shows in less than half, as surely. Else it is *undecided*,
   which is never a finding.
4. It is *attributed* when the control breaks less often by Fisher's exact one-sided test, to one
   in a hundred.
5. A figure against a limit (a latency, a rate, a ratio to the control) is *over* it when the
   median of the paired ratios is, with 99 % confidence, by the sign test, which needs no shape of
   any distribution, and when the bootstrap interval of their mean is over it, too.

So each of these is wrong at most once in a hundred where nothing is wrong.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from production_testers.model.shares import CONFIDENCE, at_least, at_most, tail

HALF = 0.5
"""A break that shows less often is no evidence that anybody could replay."""

UNKNOWN_SHARE_MAX = 0.2
RESAMPLES = 1_000


class Decided(StrEnum):
    """What repetitions say."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What repetitions say, with the numbers.

    Attributes:
        state: Confirmed, rejected or undecided.
        low: What it is at least, with the confidence of the rule.
        high: What it is at most.
        words: All of it in words.
    """

    state: Decided
    low: float
    high: float
    words: str


def in_turns(repetitions: int) -> tuple[str, ...]:
    """Who goes next, `sut` or `control`: pairs that begin with either in turn."""
    pairs = (("sut", "control"), ("control", "sut"))
    return tuple(name for number in range(repetitions) for name in pairs[number % 2])


def decide(breaks: int, repetitions: int, *, unknown: int = 0, more_than: float = HALF) -> Decision:
    """Whether a break shows often enough.

    Args:
        breaks: Repetitions that showed it.
        repetitions: All that could tell.
        unknown: Those that could not.
        more_than: The share of repetitions that it must be known to exceed.

    Raises:
        ValueError: The counts contradict each other.
    """
    if not 0 <= breaks <= repetitions or unknown < 0:
        raise ValueError(f"{breaks} of {repetitions} repetitions, {unknown} unknown")
    low, high = at_least(breaks, repetitions), at_most(breaks, repetitions)
    state = _state(low, high, more_than)
    silent = unknown > UNKNOWN_SHARE_MAX * (repetitions + unknown)
    if silent:
        state = Decided.UNDECIDED
    told = f"{breaks} of {repetitions} repetitions"
    if unknown:
        told += f", {unknown} more could not tell"
    sure = f"each with {CONFIDENCE:.0%} confidence"
    words = f"{told}: it shows in {low:.0%} to {high:.0%} of all, {sure}"
    return Decision(state=state, low=low, high=high, words=words)


def _state(low: float, high: float, limit: float) -> Decided:
    if low > limit:
        return Decided.CONFIRMED
    return Decided.REJECTED if high < limit else Decided.UNDECIDED


def is_attributed(
    breaks: int, repetitions: int, control_breaks: int, control_repetitions: int
) -> bool:
    """Whether the control breaks less often, and not by chance (Fisher's exact test)."""
    every = repetitions + control_repetitions
    broken = breaks + control_breaks
    most = min(broken, repetitions)
    ways = sum(
        math.comb(repetitions, k) * math.comb(control_repetitions, broken - k)
        for k in range(breaks, most + 1)
    )
    return ways / math.comb(every, broken) <= 1 - CONFIDENCE


def decide_ratio(pairs: Sequence[tuple[float, float]], limit: float, *, seed: int = 0) -> Decision:
    """Whether a figure is over a limit, as a ratio to what it is measured beside.

    Args:
        pairs: (measured, beside it) of every repetition, both over 0: the control's figure of the
            same turn, or the target.
        limit: What the ratio must be known to exceed.
        seed: Of the bootstrap.

    Raises:
        ValueError: There is no pair, or a figure is not over 0.
    """
    if not pairs or any(not (one > 0 and other > 0) for one, other in pairs):
        raise ValueError(f"{len(pairs)} pairs; all figures must be over 0")
    logs = sorted(math.log(one / other) for one, other in pairs)
    low, high = _median_bounds(logs)
    mean_low, mean_high = _bootstrap(logs, Random(seed))
    low, high = math.exp(min(low, mean_low)), math.exp(max(high, mean_high))
    middle = math.exp(math.fsum(logs) / len(logs))
    words = (
        f"ratio {middle:.3g} over {len(logs)} pairs, {low:.3g} to {high:.3g}, each with"
        f" {CONFIDENCE:.0%} confidence; the limit is {limit:.3g}"
    )
    return Decision(state=_state(low, high, limit), low=low, high=high, words=words)


def _median_bounds(values: Sequence[float]) -> tuple[float, float]:
    """One-sided bounds of the median, by the sign test; endless where there are too few values."""
    count, spare = len(values), -1
    while tail(count - spare - 1, count, HALF) <= 1 - CONFIDENCE:
        spare += 1
    return (values[spare], values[-1 - spare]) if spare >= 0 else (-math.inf, math.inf)


def _bootstrap(values: Sequence[float], random: Random) -> tuple[float, float]:
    """One-sided percentile bounds of the mean (Efron 1979)."""
    means = sorted(
        math.fsum(random.choices(values, k=len(values))) / len(values) for _ in range(RESAMPLES)
    )
    edge = math.ceil(RESAMPLES * (1 - CONFIDENCE))
    return means[edge - 1], means[-edge]
