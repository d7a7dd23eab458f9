"""Counts in the buckets of an HdrHistogram with three significant digits; nanoseconds.

The buckets are those of the published HdrHistogram (lowest discernible value 1, 2,048 sub-buckets),
so counts go into a standard log as they are. Here, because it must run beside a system under test
with the standard library only, and fold a batch faster than one call a value.
"""

import base64
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Self

HIGHEST_NS = 86_400 * 10**9
"""The longest latency that is told apart: a day."""

_EXACT = 2_047
"""Up to here every nanosecond has a bucket of its own."""

_SAMPLE = 256
"""So many latencies tell whether most of a batch are alike."""


def bucket_of(value: int) -> int:
    """The bucket of a latency; negative ones count as 0."""
    if value <= _EXACT:
        return max(value, 0)
    shift = min(value, HIGHEST_NS).bit_length() - 11
    return (shift << 10) + (min(value, HIGHEST_NS) >> shift)


def lowest_of(bucket: int) -> int:
    """The smallest latency that falls into a bucket."""
    shift = max(0, (bucket >> 10) - 1)
    return (bucket - (shift << 10)) << shift


def highest_of(bucket: int) -> int:
    """The largest latency that falls into a bucket; percentiles are stated by it."""
    return lowest_of(bucket) + (1 << max(0, (bucket >> 10) - 1)) - 1


class Histogram:
    """How many operations took how long."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()

    def fold(self, values: Sequence[int]) -> None:
        """Count a batch of latencies, the quicker way for how much they differ."""
        if len(set(values[:_SAMPLE])) * 2 < min(len(values), _SAMPLE):
            self._count(Counter(values))
            return
        self.counts.update(
            [
                ((value.bit_length() - 11) << 10) + (value >> (value.bit_length() - 11))
                if _EXACT < value <= HIGHEST_NS
                else bucket_of(value)
                for value in values
            ]
        )

    def _count(self, tally: Mapping[int, int]) -> None:
        counts = self.counts
        for value, count in tally.items():
            counts[bucket_of(value)] += count

    def record(self, value: int, count: int = 1) -> None:
        """Count one latency, or several equal ones."""
        self.counts[bucket_of(value)] += count

    def add(self, other: "Histogram") -> None:
        """Add another one's counts."""
        self.counts.update(other.counts)

    @property
    def total(self) -> int:
        """How many latencies were counted."""
        return self.counts.total()

    @property
    def max_ns(self) -> int:
        """The largest latency, as its bucket states it; 0 for none."""
        return highest_of(max(self.counts)) if self.counts else 0

    @property
    def mean_ns(self) -> float:
        """The mean of the buckets' middles; 0 for none."""
        total = self.total
        middles = (
            (lowest_of(bucket) + highest_of(bucket)) / 2 * count
            for bucket, count in self.counts.items()
        )
        return sum(middles) / total if total else 0.0

    def percentile(self, percent: float) -> int:
        """The latency that `percent` of 100 operations did not exceed; 0 for none."""
        return next(self.percentiles([percent]), 0)

    def percentiles(self, percents: Iterable[float]) -> Iterator[int]:
        """Latencies for ascending percents."""
        total, seen, buckets = self.total, 0, iter(sorted(self.counts.items()))
        if not total:
            return
        bucket, count = next(buckets)
        for percent in percents:
            wanted = max(1, min(total, -int(-total * percent // 100)))
            while seen + count < wanted:
                seen += count
                bucket, count = next(buckets)
            yield highest_of(bucket)

    def share_above(self, latency_ns: float) -> float:
        """The share of operations whose bucket lies above a latency."""
        total = self.total
        above = sum(
            count for bucket, count in self.counts.items() if lowest_of(bucket) > latency_ns
        )
        return above / total if total else 0.0

    def corrected(self, interval_ns: float) -> "Histogram":
        """As if an operation had been meant to start every `interval_ns`.

        For each latency above the interval, those that were not sent meanwhile are added: the
        usual correction of a closed loop for coordinated omission (Gil Tene's HdrHistogram).
        """
        found = Histogram()
        found.counts.update(self.counts)
        if interval_ns < 1:
            return found
        for bucket, count in self.counts.items():
            missing = highest_of(bucket) - interval_ns
            while missing >= interval_ns:
                found.record(int(missing), count)
                missing -= interval_ns
        return found

    def pack(self) -> list[str]:
        """Buckets and counts as text, small and quick to write."""
        buckets, counts = array("I", self.counts.keys()), array("Q", self.counts.values())
        return [base64.b64encode(part.tobytes()).decode() for part in (buckets, counts)]

    @classmethod
    def unpack(cls, packed: list[str]) -> Self:
        """The inverse of `pack`."""
        buckets, counts = array("I"), array("Q")
        buckets.frombytes(base64.b64decode(packed[0]))
        counts.frombytes(base64.b64decode(packed[1]))
        found = cls()
        found.counts.update(dict(zip(buckets, counts, strict=True)))
        return found
