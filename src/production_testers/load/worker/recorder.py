"""What a worker records: every operation's start, latency and outcome, in constant memory.

Drivers append to lists, which costs less than anything else (arrays included); a heartbeat folds
them into histograms a few thousand operations at a time, so that no fold delays the operations
under way for long.
"""

import operator
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from production_testers.load.histogram import Histogram

SLOWEST = 50
"""This many of the slowest operations of an interval are kept one by one."""

_ERROR_TEXT_MAX = 200
_ERRORS_MAX = 50


class Recorder:
    """One worker's record of the interval under way.

    Attributes:
        starts: When each completed operation was sent, on the monotonic clock.
        service: How long each took from there.
        late: Open loop: how long after its intended start each was sent; empty in a closed loop.
        dropped: Arrivals that were not sent, because too many operations were under way.
        not_sent: Arrivals that waited for their turn until the load was over.
        unfinished: Operations that had not ended when the worker stopped waiting.
        under_way: Counts the operations under way; the driver sets it.
    """

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.service: list[int] = []
        self.late: list[int] = []
        self.dropped = 0
        self.not_sent = 0
        self.unfinished = 0
        self.under_way: Callable[[], int] = int
        self._seen_under_way = self._beats = self._under_way_max = 0
        self._from_service = Histogram()
        self._from_intended = Histogram()
        self._lateness = Histogram()
        self._failed = Histogram()
        self._errors: Counter[str] = Counter()
        self._busy_ns = 0
        self._slowest: list[tuple[int, int, int]] = []

    def failed(self, error: BaseException, start: int, end: int) -> None:
        """An operation that raised; its latency is told apart from the others'."""
        words = f"{type(error).__name__}: {error}".rstrip(": ")[:_ERROR_TEXT_MAX]
        if words not in self._errors and len(self._errors) >= _ERRORS_MAX:
            words = "others"
        self._errors[words] += 1
        self._failed.record(end - start)
        self._busy_ns += end - start

    def not_ended(self, intended: int, sent: int, end: int) -> None:
        """An operation that had not ended when the worker stopped waiting.

        It took at least as long as it had been waiting: percentiles are lower bounds then.
        """
        self.unfinished += 1
        self._busy_ns += end - sent
        self._from_service.record(end - sent)
        self._from_intended.record(end - intended)

    def never_sent(self, intended: Sequence[int], end: int) -> None:
        """Arrivals that still waited for their turn at the end of the load."""
        ages = [end - moment for moment in intended]
        self.not_sent += len(ages)
        self._from_intended.fold(ages)

    def beat(self) -> None:
        """Note how many operations are under way, and fold."""
        now = self.under_way()
        self._seen_under_way += now
        self._under_way_max = max(self._under_way_max, now)
        self._beats += 1
        self.fold()

    def fold(self) -> None:
        """Move what the drivers appended into the histograms."""
        starts, service, late = self.starts, self.service, self.late
        if not service:
            return
        self._busy_ns += sum(service)
        self._from_service.fold(service)
        totals = service
        if late:
            self._lateness.fold(late)
            totals = list(map(operator.add, service, late))
            self._from_intended.fold(totals)
        self._keep_slowest(totals)
        del starts[:], service[:], late[:]

    def _keep_slowest(self, totals: Sequence[int]) -> None:
        kept = self._slowest
        least = kept[-1][0] if len(kept) == SLOWEST else -1
        if max(totals) <= least:
            return
        places = [place for place, took in enumerate(totals) if took > least]
        if len(places) > SLOWEST:
            places = sorted(places, key=totals.__getitem__)[-SLOWEST:]
        kept += [(totals[place], self.starts[place], self.service[place]) for place in places]
        kept.sort(reverse=True)
        del kept[SLOWEST:]

    def take(self) -> dict[str, Any]:
        """What was recorded since the last call, ready to be sent; begins the next interval."""
        self.fold()
        taken = {
            "service": self._from_service.pack(),
            "intended": self._from_intended.pack(),
            "lateness": self._lateness.pack(),
            "failed": self._failed.pack(),
            "errors": dict(self._errors),
            "busy_ns": self._busy_ns,
            "under_way": [self._seen_under_way, self._beats, self._under_way_max],
            "dropped": self.dropped,
            "not_sent": self.not_sent,
            "unfinished": self.unfinished,
            "slowest": self._slowest,
        }
        self._from_service, self._from_intended = Histogram(), Histogram()
        self._lateness, self._failed = Histogram(), Histogram()
        self._errors, self._slowest = Counter(), []
        self._seen_under_way = self._beats = self._under_way_max = 0
        self._busy_ns = self.dropped = self.not_sent = self.unfinished = 0
        return taken
