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
    "service": "a stage waited for a mock service",
    "stages": "the stages' own work",
    "framework": "in no stage: the framework's own work, and its tasks waiting for their turn",
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
    spent: Sequence[tuple[int, int, int, int]] = (),
) -> Outlier:
    """Divide an operation's latency among what went on meanwhile.

    Args:
        slow: Its latency, when it was sent, and how long it took from there.
        collections: When garbage was collected.
        blocked: When the heartbeat did not get its turn.
        start_ns: When the load started.
        spent: Of a pipeline, the slowest executions as `worker.spent` tells them: what is left
            is divided among services, stages and the framework then.
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
        **_of_target(took - collected - held, slow, spent),
    }
    return Outlier(
        at_s=round((sent - (total - took) - start_ns) / 1e9, 4),
        total_ms=round(total / 1e6, 4),
        parts_ms={name: round(part / 1e6, 4) for name, part in parts.items()},
    )


_SAME_NS = 1_000_000
"""An execution begins, and ends, so near to its operation."""


def _of_target(
    left: int, slow: tuple[int, int, int], spent: Sequence[tuple[int, int, int, int]]
) -> dict[str, int]:
    """What is left; among pauses and stages that overlap, pauses were taken off before."""
    _, sent, took = slow
    near = [
        (abs(start - sent) + abs(own - took), in_stages, in_services)
        for own, start, in_stages, in_services in spent
        if abs(start - sent) <= _SAME_NS and abs(own - took) <= _SAME_NS
    ]
    if not near:
        return {"target": left}
    _, in_stages, in_services = min(near)
    service = min(left, in_services)
    stages = min(left, in_stages) - service
    return {"service": service, "stages": stages, "framework": left - service - stages}


def _overlap(stretches: Sequence[Stretch], begin: int, end: int) -> int:
    return sum(max(0, min(end, to) - max(begin, since)) for since, to in stretches)
