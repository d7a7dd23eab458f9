"""Intervals of confidence by resampling, where a figure follows from a handful of values."""

from collections.abc import Callable, Sequence

RESAMPLES = 2_000
LEVEL = 0.95

Interval = tuple[float, float]


def bootstrap(
    count: int, statistic: Callable[[Sequence[int]], float], *, seed: int, level: float = LEVEL
) -> Interval:
    """The interval that holds a statistic of `count` observations.

    Args:
        count: How many observations there are; each resample draws as many, with repetition.
        statistic: Computes the figure from the places of the observations that were drawn.
        seed: Where resampling is drawn from.
        level: How surely.
    """
    import numpy  # noqa: PLC0415 - a tenth of a second, for those who analyse

    random = numpy.random.default_rng(seed)
    drawn = random.integers(0, count, size=(RESAMPLES, count))
    values = [statistic(row) for row in drawn.tolist()]
    outside = (1 - level) / 2
    low, high = numpy.nanquantile(values, [outside, 1 - outside])
    return float(low), float(high)


def least_squares(
    rows: Sequence[Sequence[float]], values: Sequence[float], weights: Sequence[float]
) -> list[float]:
    """Coefficients, none below 0, with the least sum of squares of the weighted errors.

    With few columns every choice of those that are 0 can be tried.
    """
    import numpy  # noqa: PLC0415

    matrix = numpy.asarray(rows, dtype=float) * numpy.asarray(weights, dtype=float)[:, None]
    wanted = numpy.asarray(values, dtype=float) * numpy.asarray(weights, dtype=float)
    columns = matrix.shape[1]
    best, best_error = [0.0] * columns, float("inf")
    for chosen in range(1, 2**columns):
        used = [column for column in range(columns) if chosen >> column & 1]
        solved, *_ = numpy.linalg.lstsq(matrix[:, used], wanted, rcond=None)
        if (solved < 0).any():
            continue
        error = float(((matrix[:, used] @ solved - wanted) ** 2).sum())
        if error < best_error * (1 - 1e-9):
            best_error = error
            best = [0.0] * columns
            for column, value in zip(used, solved.tolist(), strict=True):
                best[column] = float(value)
    return best
