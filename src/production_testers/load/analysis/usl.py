"""The Universal Scalability Law (Gunther 2007): throughput against concurrency.

X(N) = a·N / (1 + s(N - 1) + k·N(N - 1)): a is the throughput of one, s what has to be done one
after the other (contention), k what each costs each other (coherency). N/X(N) is linear in 1,
N - 1 and N(N - 1), so the fit is a linear one.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from production_testers.load.statistics.resampling import Interval, bootstrap, least_squares

POINTS_MIN = 4
_KAPPA_MIN = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A fitted law.

    Attributes:
        alone: Throughput at a concurrency of one.
        contention: What has to be done one after the other.
        coherency: What each costs each other.
    """

    alone: float
    contention: float
    coherency: float

    def throughput(self, concurrency: float) -> float:
        """What the law gives."""
        n = concurrency
        return self.alone * n / (1 + self.contention * (n - 1) + self.coherency * n * (n - 1))

    @property
    def best_concurrency(self) -> float:
        """Where throughput is highest; infinite where it never falls."""
        if self.coherency < _KAPPA_MIN:
            return math.inf
        return math.sqrt(max(0.0, 1 - self.contention) / self.coherency)


def fit(points: Sequence[tuple[float, float]]) -> Law:
    """The law that fits best, by relative errors.

    Args:
        points: Concurrency and throughput.
    """
    rows = [(1.0, n - 1, n * (n - 1)) for n, _ in points]
    values = [n / x for n, x in points]
    base, slope, square = least_squares(rows, values, [x / n for n, x in points])
    base = base or 1e-12
    return Law(alone=1 / base, contention=slope / base, coherency=square / base)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """Throughput against concurrency, from several rounds.

    Attributes:
        points: Concurrency → the throughput of every round.
        latencies_ms: Concurrency → the mean latency of every round.
    """

    points: Mapping[int, Sequence[float]]
    latencies_ms: Mapping[int, Sequence[float]]

    def means(self) -> list[tuple[float, float]]:
        """Concurrency and mean throughput."""
        return [(n, sum(xs) / len(xs)) for n, xs in sorted(self.points.items())]

    def knee(self) -> int:
        """Where throughput divided by latency is highest (Kleinrock's power)."""
        return max(self.points, key=self._power)

    def _power(self, concurrency: int) -> float:
        rates, latencies = self.points[concurrency], self.latencies_ms[concurrency]
        return sum(rates) / max(1e-12, sum(latencies))

    def document(self, *, seed: int) -> dict[str, Any]:
        """The fit, its uncertainty, and what it predicts of a point that it has not seen."""
        means = self.means()
        found: dict[str, Any] = {
            "points": [
                {
                    "concurrency": int(n),
                    "throughput_tps": [round(x, 3) for x in self.points[int(n)]],
                    "mean_ms": [round(x, 6) for x in self.latencies_ms[int(n)]],
                    "littles_law": round(
                        x * sum(self.latencies_ms[int(n)]) / len(self.latencies_ms[int(n)])
                        / 1e3 / n, 4
                    ),
                }
                for n, x in means
            ],
            "knee": self.knee(),
            "law": None,
        }  # fmt: skip
        if len(means) < POINTS_MIN:
            found["why_no_law"] = f"{len(means)} points; a law needs {POINTS_MIN}"
            return found
        law = fit(means)
        found["law"] = {
            "alone_tps": round(law.alone, 3),
            "contention": round(law.contention, 6),
            "coherency": round(law.coherency, 9),
            "best_concurrency": None
            if math.isinf(law.best_concurrency)
            else round(law.best_concurrency, 1),
            "highest_tps": None
            if math.isinf(law.best_concurrency)
            else round(law.throughput(max(1.0, law.best_concurrency)), 1),
            "error_percent": round(
                100 * sum(abs(law.throughput(n) / x - 1) for n, x in means) / len(means), 2
            ),
        }
        found["prediction"] = self._prediction(seed)
        return found

    def _prediction(self, seed: int) -> dict[str, Any]:
        """From all points but the last: what the last one should be, and what it is."""
        *earlier, (last, measured) = self.means()
        rounds = min(len(values) for values in self.points.values())

        def predicted(places: Sequence[int]) -> float:
            points = [
                (n, sum(self.points[int(n)][place % rounds] for place in places) / len(places))
                for n, _ in earlier
            ]
            return fit(points).throughput(last)

        expected = fit(earlier).throughput(last)
        interval: Interval | None = bootstrap(rounds, predicted, seed=seed) if rounds > 2 else None
        return {
            "concurrency": int(last),
            "predicted_tps": round(expected, 2),
            "interval": None if interval is None else [round(edge, 2) for edge in interval],
            "measured_tps": round(measured, 2),
            "error_percent": round(100 * (expected / measured - 1), 2),
        }
