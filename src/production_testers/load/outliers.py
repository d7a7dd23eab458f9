"""Where the time of the slowest operations went."""

from collections.abc import Sequence
from dataclasses import dataclass

Stretch = tuple[int, int]
"""From and to, nanoseconds of the monotonic clock."""

CAUSES = {
    "sent late": "it had to wait before it was sent",
    "garbage collection": "Python's garbage collector was at work",
    "loop blocked": "something held the event loop, so that nothing else could go on",
    "target": "the target itself: its own work, and whatever it waited for",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlier:
    """One of the slowest operations.

    Attributes:
        at_s: When it was meant to start, from the start of the load.
        total_ms: Its latency.
        parts_ms: Cause → how much of it; they add up to the latency.
    """

    at_s: float
    total_ms: float
    parts_ms: dict[str, float]

    @property
    def cause(self) -> str:
        """The largest part."""
        return max(self.parts_ms, key=lambda name: self.parts_ms[name])


def attribute(
    slow: tuple[int, int, int],
    collections: Sequence[Stretch],
    blocked: Sequence[Stretch],
    start_ns: int,
) -> Outlier:
    """Divide an operation's latency among what went on meanwhile.

    Args:
        slow: Its latency, when it was sent, and how long it took from there.
        collections: When garbage was collected.
        blocked: When the heartbeat did not get its turn.
        start_ns: When the load started.
    """
    total, sent, took = slow
    end = sent + took
    collected = _overlap(collections, sent, end)
    held = max(0, _overlap(blocked, sent, end) - _overlap(collections, sent, end))
    held = min(held, took - collected)
    parts = {
        "sent late": total - took,
        "garbage collection": collected,
        "loop blocked": held,
        "target": took - collected - held,
    }
    return Outlier(
        at_s=round((sent - (total - took) - start_ns) / 1e9, 4),
        total_ms=round(total / 1e6, 4),
        parts_ms={name: round(part / 1e6, 4) for name, part in parts.items()},
    )


def _overlap(stretches: Sequence[Stretch], begin: int, end: int) -> int:
    return sum(max(0, min(end, to) - max(begin, since)) for since, to in stretches)
