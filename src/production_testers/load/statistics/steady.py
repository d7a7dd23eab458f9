"""When a load has settled: the marginal standard error rule (MSER; White 1997)."""

from collections.abc import Sequence


def settled_at(means: Sequence[float]) -> int:
    """How many values to leave out at the beginning so that the mean of the rest is surest.

    At most half of them; the error of the mean is smallest where the values that are cut off are
    those of a warm-up.
    """
    count = len(means)
    if count < 4:
        return 0
    total = squares = 0.0
    errors = [0.0] * count
    for place in range(count - 1, -1, -1):
        total += means[place]
        squares += means[place] ** 2
        left = count - place
        errors[place] = max(0.0, squares - total * total / left) / left**2
    half = range(count // 2 + 1)
    return min(half, key=lambda place: (errors[place], place))
