"""Shares of something counted, with exact bounds (Clopper and Pearson 1934)."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from production_testers.model.canonical import Json

CONFIDENCE = 0.99
"""One-sided, of every bound."""


def at_least(count: int, of: int) -> float:
    """The exact lower bound of a share: it would rarely give so many if it were smaller."""
    if count == 0:
        return 0.0
    return _solved(lambda share: tail(count, of, share), 1 - CONFIDENCE)


def at_most(count: int, of: int) -> float:
    """The exact upper bound of a share."""
    return 1.0 - at_least(of - count, of)


def tail(count: int, of: int, share: float) -> float:
    """The probability of so many or more; for a share between 0 and 1."""
    one, none = math.log(share), math.log1p(-share)

    def chance(counts: range) -> float:
        return math.fsum(math.exp(_log_ways(of, k) + k * one + (of - k) * none) for k in counts)

    if count <= of // 2:  # the shorter sum
        return 1.0 - chance(range(count))
    return chance(range(count, of + 1))


def _log_ways(of: int, count: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(count + 1) - math.lgamma(of - count + 1)


def _solved(grows: Callable[[float], float], value: float) -> float:
    """Where a function that grows on 0 to 1 has a value."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if grows(middle) > value else (middle, high)
    return low


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many.

    Attributes:
        count: How many were.
        of: How many could have been.

    Raises:
        ValueError: More than there are.
    """

    count: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.of:
            raise ValueError(f"{self.count} of {self.of}")

    @property
    def low(self) -> float:
        """What the share is at least; 0 where nothing was counted."""
        return at_least(self.count, self.of) if self.of else 0.0

    @property
    def high(self) -> float:
        """What the share is at most; 1 where nothing was counted."""
        return at_most(self.count, self.of) if self.of else 1.0

    def surely_over(self, limit: float) -> bool:
        """Whether the share is known to be larger."""
        return self.low > limit

    def surely_under(self, limit: float) -> bool:
        """Whether the share is known to be smaller."""
        return self.high < limit

    def as_json(self) -> dict[str, Json]:
        """The share with its bounds, as documents hold it."""
        seen = self.count / self.of if self.of else None
        return {
            "count": self.count,
            "of": self.of,
            "share": None if seen is None else round(seen, 6),
            "low": round(self.low, 6),
            "high": round(self.high, 6),
        }

    def __str__(self) -> str:
        if not self.of:
            return "none of none"
        shown = f"{self.count / self.of:.2%}"
        return f"{self.count} of {self.of} = {shown} ({self.low:.2%} to {self.high:.2%})"
