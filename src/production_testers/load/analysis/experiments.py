"""Series of loads: concurrency swept, sizes grown, targets compared; rounds are interleaved.

The machine's own ups and downs hit everything that is measured in one round alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from production_testers.load.analysis.comparison import Comparison
from production_testers.load.analysis.growth import Growth
from production_testers.load.analysis.search import Perform
from production_testers.load.analysis.usl import Scaling
from production_testers.load.documents import figures
from production_testers.load.plan import Plan
from production_testers.model.errors import PtestError

Tell = Callable[[str], None]

_COMPARED = ("p50_ms", "p95_ms", "p99_ms", "mean_ms", "throughput_tps")


def sweep(
    plan: Plan, concurrencies: Sequence[int], rounds: int, perform: Perform, tell: Tell
) -> Scaling:
    """Throughput and latency of a closed loop at each concurrency."""
    points: dict[int, list[float]] = {n: [] for n in concurrencies}
    latencies: dict[int, list[float]] = {n: [] for n in concurrencies}
    for turn in range(rounds):
        tell(f"  round {turn + 1} of {rounds}")
        for n in _there_and_back(concurrencies, turn):
            result = perform(replace(plan, shape=None, concurrency=n, workers=min(plan.workers, n)))
            _whole(result.partial)
            if not result.completed:
                raise PtestError(f"Nothing completed at a concurrency of {n}.")
            points[n].append(result.throughput)
            latencies[n].append(figures(result)["mean_ms"])
    return Scaling(points=points, latencies_ms=latencies)


def grow(
    plans: Mapping[int, Plan], quantity: str, rounds: int, perform: Perform, tell: Tell
) -> Growth:
    """CPU time of one operation at each size."""
    costs: dict[int, list[float]] = {size: [] for size in plans}
    for turn in range(rounds):
        tell(f"  round {turn + 1} of {rounds}")
        for size in _there_and_back(sorted(plans), turn):
            result = perform(plans[size])
            _whole(result.partial)
            if not result.completed:
                raise PtestError(f"Nothing completed at {quantity} {size}.")
            costs[size].append(result.cpu_us_per_operation)
    return Growth(quantity=quantity, costs=costs)


def compare(first: Plan, second: Plan, pairs: int, perform: Perform, tell: Tell) -> Comparison:
    """Both targets in pairs, one right after the other, in turn."""
    values: tuple[dict[str, list[float]], ...] = ({}, {})
    for pair in range(pairs):
        tell(f"  pair {pair + 1} of {pairs}")
        for which in _there_and_back((0, 1), pair):
            result = perform((first, second)[which])
            _whole(result.partial)
            found: dict[str, Any] = figures(result)
            kept = {name: found[name] for name in _COMPARED}
            kept["cpu_us_per_operation"] = result.cpu_us_per_operation
            for name, value in kept.items():
                values[which].setdefault(name, []).append(value)
    return Comparison(first=values[0], second=values[1])


def _there_and_back(things: Sequence[int], turn: int) -> Sequence[int]:
    return things if turn % 2 == 0 else tuple(reversed(things))


def _whole(partial: Sequence[str]) -> None:
    if partial:
        raise PtestError(f"One of the loads is not whole: {partial[0]}.")
