"""How the cost of an operation grows with a size: local exponents, a fit, a test of the fit."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from production_testers.load.statistics.resampling import Interval, bootstrap, least_squares

CONFIRMED_WITHIN = 0.25
"""A prediction counts as confirmed when the measured cost lies in its interval, or this near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Costs by size.

    Attributes:
        quantity: What grows: stages, fan_out, payload or concurrency.
        costs: Size → CPU microseconds of one operation, one for every round.
    """

    quantity: str
    costs: Mapping[int, Sequence[float]]

    def document(self, *, seed: int) -> dict[str, Any]:
        """Exponents between neighbours, the fit a + b·n + c·n², and its prediction."""
        sizes = sorted(self.costs)
        rounds = min(len(values) for values in self.costs.values())
        exponents = []
        for small, large in itertools.pairwise(sizes):
            low, high = self._exponent_interval(small, large, rounds, seed)
            exponents.append(
                {
                    "from": small,
                    "to": large,
                    "exponent": round(self._exponent(small, large, range(rounds)), 3),
                    "interval": [round(low, 3), round(high, 3)],
                }
            )
        found: dict[str, Any] = {
            "quantity": self.quantity,
            "unit": "CPU µs of one operation",
            "points": [
                {"size": size, "cost_us": [round(cost, 3) for cost in self.costs[size]]}
                for size in sizes
            ],
            "exponents": exponents,
        }
        if len(sizes) > 3:
            found["prediction"] = self._prediction(sizes, rounds, seed)
        return found

    def _mean(self, size: int, places: Sequence[int]) -> float:
        values = self.costs[size]
        return sum(values[place] for place in places) / len(places)

    def _exponent(self, small: int, large: int, places: Sequence[int]) -> float:
        ratio = self._mean(large, places) / self._mean(small, places)
        return math.log(ratio) / math.log(large / small)

    def _exponent_interval(self, small: int, large: int, rounds: int, seed: int) -> Interval:
        return bootstrap(rounds, lambda places: self._exponent(small, large, places), seed=seed)

    def _prediction(self, sizes: Sequence[int], rounds: int, seed: int) -> dict[str, Any]:
        """What the smaller sizes say of the largest one, which they have not seen."""
        *earlier, last = sizes
        every = range(rounds)
        constant, linear, square = self._fit(earlier, every)
        expected = constant + linear * last + square * last**2

        def predicted(places: Sequence[int]) -> float:
            a, b, c = self._fit(earlier, places)
            return a + b * last + c * last**2

        low, high = bootstrap(rounds, predicted, seed=seed)
        measured = self._mean(last, every)
        near = abs(measured / expected - 1) <= CONFIRMED_WITHIN if expected else False
        return {
            "fit": {"constant": constant, "linear": linear, "square": square},
            "size": last,
            "predicted_us": round(expected, 2),
            "interval": [round(low, 2), round(high, 2)],
            "measured_us": round(measured, 2),
            "error_percent": round(100 * (expected / measured - 1), 1),
            "confirmed": bool(low <= measured <= high or near),
        }

    def _fit(self, sizes: Sequence[int], places: Sequence[int]) -> list[float]:
        costs = [self._mean(size, places) for size in sizes]
        rows = [(1.0, float(size), float(size) ** 2) for size in sizes]
        return least_squares(rows, costs, [1 / cost for cost in costs])
