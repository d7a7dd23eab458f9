"""Intervals of confidence for the figures of one load, by resampling its stretches of time.

Latencies that follow each other are alike, so single operations must not be resampled; whole
intervals are (a block bootstrap, Künsch 1989).
"""

from collections.abc import Mapping, Sequence

from production_testers.load.histogram import Histogram, highest_of

RESAMPLES = 1_000
LEVEL = 0.95
BLOCKS_MIN = 8
"""With fewer intervals no confidence is stated."""


def intervals_of(
    blocks: Sequence[Histogram], percents: Mapping[str, float], *, seed: int
) -> dict[str, tuple[float, float]]:
    """Name → the interval that holds the percentile, in milliseconds; empty for too few blocks.

    Args:
        blocks: One histogram for every interval of the load.
        percents: Name → percent.
        seed: Where resampling is drawn from.
    """
    import numpy  # noqa: PLC0415 - only where it is needed, it takes a tenth of a second

    full = [block for block in blocks if block.counts]
    if len(full) < BLOCKS_MIN:
        return {}
    buckets = sorted({bucket for block in full for bucket in block.counts})
    place = {bucket: column for column, bucket in enumerate(buckets)}
    counts = numpy.zeros((len(full), len(buckets)))
    for row, block in enumerate(full):
        for bucket, count in block.counts.items():
            counts[row, place[bucket]] = count
    random = numpy.random.default_rng(seed)
    even = numpy.full(len(full), 1 / len(full))
    times = random.multinomial(len(full), even, size=RESAMPLES).astype(float)
    found: dict[str, list[float]] = {name: [] for name in percents}
    for chosen in numpy.array_split(times, 20):
        sums = numpy.cumsum(chosen @ counts, axis=1)
        for name, percent in percents.items():
            wanted = numpy.ceil(sums[:, -1:] * percent / 100)
            found[name] += (sums < wanted).sum(axis=1).tolist()
    outside = (1 - LEVEL) / 2
    return {
        name: (
            highest_of(buckets[int(sorted(columns)[int(outside * RESAMPLES)])]) / 1e6,
            highest_of(buckets[int(sorted(columns)[int((1 - outside) * RESAMPLES) - 1])]) / 1e6,
        )
        for name, columns in found.items()
    }


def of_mean(values: Sequence[float], *, seed: int) -> tuple[float, float] | None:
    """The interval that holds the mean of what each interval of the load showed."""
    import numpy  # noqa: PLC0415

    if len(values) < BLOCKS_MIN:
        return None
    random = numpy.random.default_rng(seed)
    drawn = random.choice(numpy.asarray(values, dtype=float), (RESAMPLES, len(values)))
    outside = (1 - LEVEL) / 2
    low, high = numpy.quantile(drawn.mean(axis=1), [outside, 1 - outside])
    return float(low), float(high)
