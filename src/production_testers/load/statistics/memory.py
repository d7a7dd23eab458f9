"""Whether resident memory grows with the operations, and how surely that is known."""

import itertools
from collections.abc import Sequence
from typing import Any

from production_testers.load.statistics.resampling import bootstrap

SAMPLES_MIN = 8
GROWS_FROM_MB = 1.0
"""Growth over the whole load below this is the allocator's, whatever its interval says."""

_HALVES = 4


def slope(operations: Sequence[float], megabytes: Sequence[float], *, seed: int) -> dict[str, Any]:
    """Megabytes for every 1,000 operations.

    The slope is the median of those between all pairs (Theil and Sen), which single jumps do not
    move. Memory that follows itself is resampled as differences of neighbouring stretches, so
    that the interval is not narrower than it should be.

    Args:
        operations: How many had ended, ascending.
        megabytes: Resident memory then.
        seed: Where resampling is drawn from.
    """
    count = len(operations)
    if count < SAMPLES_MIN or operations[-1] <= operations[0]:
        return {"verdict": "unknown", "why": f"{count} samples; a slope needs {SAMPLES_MIN}"}
    stretches = [
        (operations[place + 1] - operations[place], megabytes[place + 1] - megabytes[place])
        for place in range(count - 1)
    ]

    def resampled(places: Sequence[int]) -> float:
        done = sum(stretches[place][0] for place in places)
        return 1_000 * sum(stretches[place][1] for place in places) / done if done else 0.0

    low, high = bootstrap(len(stretches), resampled, seed=seed)
    grown = megabytes[-1] - megabytes[0]
    steady = _grows_in_every_part(megabytes)
    grows = low > 0 and grown >= GROWS_FROM_MB and steady
    return {
        "mb_per_1000": round(_median_slope(operations, megabytes), 6),
        "interval_95": [round(low, 6), round(high, 6)],
        "grown_mb": round(grown, 3),
        "verdict": "grows" if grows else "no growth shown",
    }


def _median_slope(operations: Sequence[float], megabytes: Sequence[float]) -> float:
    count = len(operations)
    slopes = sorted(
        1_000 * (megabytes[b] - megabytes[a]) / (operations[b] - operations[a])
        for a in range(count)
        for b in range(a + 1, count)
        if operations[b] > operations[a]
    )
    return slopes[len(slopes) // 2]


def _grows_in_every_part(megabytes: Sequence[float]) -> bool:
    """A heap that fills once and then stays is none that grows."""
    edges = [round(part * (len(megabytes) - 1) / _HALVES) for part in range(_HALVES + 1)]
    return all(megabytes[b] > megabytes[a] for a, b in itertools.pairwise(edges))
