"""Targets (SLO) for real executions: `p99_ms=50,throughput_tps=5000`."""

import math
from collections.abc import Mapping

from production_testers.model.errors import UsageError

PERCENTILES = ("p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms")
AT_LEAST = "throughput_tps"
"""The only target that figures must reach; the others must not be exceeded."""

FAILED = "failed_percent"
FAILED_PERCENT_MAX = 1.0
"""Latencies are those of what completed, so whoever states targets also states this one."""

NAMES = (*PERCENTILES, "max_ms", AT_LEAST, FAILED)


def parse_targets(text: str) -> dict[str, float]:
    """Read `name=value,name=value`.

    Raises:
        UsageError: A name is unknown, or a value is no positive number.
    """
    targets = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, value = part.partition("=")
        if name not in NAMES:
            raise UsageError(f"--slo {part!r}: unknown target.", do=f"Known: {', '.join(NAMES)}.")
        try:
            targets[name] = float(value)
        except ValueError:
            targets[name] = 0.0
        if not 0 < targets[name] < math.inf:
            raise UsageError(f"--slo {part!r}: {value!r} is no positive number.")
    return targets


def targets_missed(figures: Mapping[str, float], targets: Mapping[str, float]) -> list[str]:
    """Each missed target with the figure measured; none where no target is stated.

    Args:
        figures: What was measured, by the targets' names; 0 is no latency.
        targets: Name → value.
    """
    if not targets:
        return []
    return [
        f"{name} is {_shown(figures, name)}, target {target:g}"
        for name, target in {FAILED: FAILED_PERCENT_MAX, **targets}.items()
        if _missed(name, figures.get(name, 0.0), target)
    ]


def _missed(name: str, figure: float, target: float) -> bool:
    if name == AT_LEAST:
        return figure < target
    if name == FAILED:
        return figure > target
    return not 0 < figure <= target


def _shown(figures: Mapping[str, float], name: str) -> str:
    figure = figures.get(name, 0.0)
    return (
        f"{figure:.2f}" if figure or name in {AT_LEAST, FAILED} else "not known: nothing completed"
    )
