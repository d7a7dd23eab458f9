"""Where the time of single executions of a pipeline went: in services, in stages, or in neither.

Two counters for each execution under way; only the slowest of an interval are kept.
"""

import heapq
from dataclasses import dataclass, field

from production_testers.load.worker.recorder import SLOWEST


@dataclass(slots=True)
class Within:
    """The time in which at least one of several overlapping pieces of work was under way."""

    total_ns: int = 0
    _began: int = 0
    _under_way: int = 0

    def enter(self, now: int) -> None:
        """One more is under way."""
        if not self._under_way:
            self._began = now
        self._under_way += 1

    def leave(self, now: int) -> None:
        """One has ended."""
        self._under_way -= 1
        if not self._under_way:
            self.total_ns += now - self._began


@dataclass(slots=True)
class Spent:
    """One execution: time in stages, and the part of it in calls of services."""

    stages: Within = field(default_factory=Within)
    services: Within = field(default_factory=Within)


class SlowestSpent:
    """The slowest executions of an interval, as [took, start, in stages, in services], ns."""

    def __init__(self) -> None:
        self._kept: list[tuple[int, int, int, int]] = []

    def add(self, start: int, end: int, spent: Spent) -> None:
        """Keep it where it is one of the slowest."""
        took = end - start
        kept = self._kept
        if len(kept) < SLOWEST:
            heapq.heappush(kept, (took, start, spent.stages.total_ns, spent.services.total_ns))
        elif took > kept[0][0]:
            heapq.heapreplace(kept, (took, start, spent.stages.total_ns, spent.services.total_ns))

    def take(self) -> list[tuple[int, int, int, int]]:
        """What was kept since the last call."""
        taken, self._kept = self._kept, []
        return taken
