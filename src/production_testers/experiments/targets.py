"""Targets (SLO) for real executions: `p99_ms=50,throughput_tps=5000`."""

import math
from collections.abc import Mapping
from typing import Any

from production_testers.model.errors import UsageError

PERCENTILES = {"p50_ms": 0.50, "p95_ms": 0.95, "p99_ms": 0.99}
NAMES = (*PERCENTILES, "max_ms", "throughput_tps")


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


def figures(measured: Mapping[str, Any]) -> dict[str, float]:
    """The figures that targets are about, from what `measuring.measure` gives."""
    latencies = sorted(measured["latencies_ns"]) or [0]
    last = len(latencies) - 1
    found = {name: latencies[round(share * last)] / 1e6 for name, share in PERCENTILES.items()}
    found["max_ms"] = latencies[-1] / 1e6
    found["throughput_tps"] = len(measured["latencies_ns"]) / (measured["wall_ns"] / 1e9)
    return found


def targets_missed(measured: Mapping[str, Any], targets: Mapping[str, float]) -> list[str]:
    """Each missed target with the figure measured."""
    found = figures(measured)
    return [
        f"{name} is {found[name]:.2f}, target {target:g}"
        for name, target in targets.items()
        if (found[name] < target if name == "throughput_tps" else found[name] > target)
    ]
