import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given
from hypothesis import strategies as some

from production_testers.load.histogram import (
    HIGHEST_NS,
    Histogram,
    bucket_of,
    highest_of,
    lowest_of,
)

LATENCIES = some.integers(0, HIGHEST_NS) | some.integers(0, 10_000)


@given(LATENCIES)
def test_buckets_are_those_of_the_published_histogram(value):
    library = HdrHistogram(1, HIGHEST_NS, 3)
    assert library.record_value(value)
    assert highest_of(bucket_of(value)) == library.get_value_at_percentile(100)
    assert lowest_of(bucket_of(value)) <= value <= highest_of(bucket_of(value))


@given(some.lists(LATENCIES, min_size=1, max_size=60), some.booleans())
def test_folding_a_batch_counts_every_value_once(values, alike):
    batch = values * 20 if alike else values
    folded, one_by_one = Histogram(), Histogram()
    folded.fold(batch)
    for value in batch:
        one_by_one.record(value)
    assert folded.counts == one_by_one.counts


def test_a_percentile_is_the_latency_that_so_many_did_not_exceed():
    histogram = Histogram()
    histogram.fold(list(range(1, 1_001)))
    assert [histogram.percentile(p) for p in (0, 50, 99, 99.9, 100)] == [1, 500, 990, 999, 1_000]


def test_nothing_recorded_is_zero():
    empty = Histogram()
    assert (empty.total, empty.percentile(99), empty.max_ns, empty.mean_ns) == (0, 0, 0, 0.0)


def test_values_out_of_range_are_not_lost():
    histogram = Histogram()
    histogram.fold([-5, HIGHEST_NS * 10])
    assert histogram.total == 2
    assert histogram.percentile(1) == 0


def test_packed_and_unpacked_it_is_the_same():
    histogram = Histogram()
    histogram.fold([1, 5_000, 5_000, 10**12])
    assert Histogram.unpack(histogram.pack()).counts == histogram.counts


def test_a_stall_in_a_closed_loop_is_corrected_for_what_was_not_sent():
    histogram = Histogram()
    histogram.record(1_000_000, 99)
    histogram.record(1_000_000_000)  # one stall of a second, where one a millisecond was due
    assert histogram.percentile(90) == pytest.approx(1_000_000, rel=0.001)
    corrected = histogram.corrected(1_000_000)
    assert corrected.total == pytest.approx(99 + 1_000, abs=2)
    assert corrected.percentile(90) == pytest.approx(890_000_000, rel=0.02)
