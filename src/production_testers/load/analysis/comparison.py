"""Two targets compared, paired and interleaved: a difference only when the interval says so."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from production_testers.load.statistics.resampling import bootstrap

PAIRS_MIN = 6
SMALLEST = 0.02
"""Differences that may be smaller than this are none: neighbours on a machine make as much."""

LEVEL = 0.99
"""Six figures are judged at once, and with ten pairs a bootstrap is too sure of itself."""

HIGHER_IS_BETTER = frozenset({"throughput_tps"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Figures of pairs of loads, measured one right after the other.

    Attributes:
        first: Figure → its value in every pair, for what is compared with.
        second: The same for what is compared.
    """

    first: Mapping[str, Sequence[float]]
    second: Mapping[str, Sequence[float]]

    def document(self, *, seed: int) -> dict[str, Any]:
        """For every figure the ratio, its interval, and whether that is a difference."""
        return {name: self._figure(name, seed) for name in self.first}

    def _figure(self, name: str, seed: int) -> dict[str, Any]:
        pairs = [
            (one, two)
            for one, two in zip(self.first[name], self.second[name], strict=True)
            if one > 0 and two > 0
        ]
        logs = [math.log(two / one) for one, two in pairs]
        if len(logs) < PAIRS_MIN:
            return {
                "pairs": len(logs),
                "verdict": "unknown",
                "why": f"{len(logs)} pairs; a verdict needs {PAIRS_MIN}",
            }
        ratio = math.exp(_mean(logs, range(len(logs))))
        low, high = bootstrap(
            len(logs), lambda places: math.exp(_mean(logs, places)), seed=seed, level=LEVEL
        )
        return {
            "pairs": len(logs),
            "first": round(sum(one for one, _ in pairs) / len(pairs), 6),
            "second": round(sum(two for _, two in pairs) / len(pairs), 6),
            "ratio": round(ratio, 4),
            "interval_99": [round(low, 4), round(high, 4)],
            "verdict": verdict(name, low, high),
        }


def verdict(name: str, low: float, high: float) -> str:
    """`better` or `worse` only where the whole interval lies beyond the smallest difference."""
    above, below = low > 1 + SMALLEST, high < 1 - SMALLEST
    if not above and not below:
        return "no difference shown"
    good = above if name in HIGHER_IS_BETTER else below
    return "better" if good else "worse"


def _mean(values: Sequence[float], places: Sequence[int]) -> float:
    return sum(values[place] for place in places) / len(places)
