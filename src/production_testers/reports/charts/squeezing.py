"""A time axis on which one long wait does not push everything else into a corner."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_LONG = 10.0
"""A wait this many times longer than all the rest is not drawn to scale."""

_REST_MIN_MS = 0.5
"""Unless the rest is only what single steps take, which says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Where a moment is drawn.

    Attributes:
        first: The earliest moment, milliseconds.
        last: The latest one.
        wait: Begin and end of the wait that is squeezed; None where none is.
    """

    first: float
    last: float
    wait: tuple[float, float] | None = None

    @classmethod
    def over(cls, moments: Sequence[float]) -> "Axis":
        """The axis that these moments need; there is at least one."""
        ordered = sorted(set(moments))
        first, last = ordered[0], ordered[-1]
        waits = list(pairwise(ordered))
        if not waits:
            return cls(first=first, last=last)
        begin, end = max(waits, key=lambda wait: wait[1] - wait[0])
        rest = (last - first) - (end - begin)
        squeezed = rest >= _REST_MIN_MS and end - begin > _LONG * rest
        return cls(first=first, last=last, wait=(begin, end) if squeezed else None)

    @property
    def cut(self) -> float:
        """How many milliseconds are not drawn."""
        if self.wait is None:
            return 0.0
        begin, end = self.wait
        return (end - begin) - self._shown

    @property
    def _shown(self) -> float:
        """The wait is drawn as long as all the rest."""
        assert self.wait is not None, "asked only where there is one"
        begin, end = self.wait
        return (self.last - self.first) - (end - begin)

    def at(self, moment: float) -> float:
        """The moment's place on the axis."""
        if self.wait is None or moment <= self.wait[0]:
            return moment
        begin, end = self.wait
        if moment >= end:
            return moment - self.cut
        return begin + (moment - begin) / (end - begin) * self._shown

    @property
    def ticks(self) -> list[float] | None:
        """Where ticks stand on an axis that is squeezed: before the wait, and at its end."""
        if self.wait is None:
            return None
        begin, end = self.wait
        step = 10 ** math.floor(math.log10(self._shown))
        before = math.floor((begin - self.first) / step)
        return [*(self.first + step * place for place in range(before + 1)), self.at(end)]

    @property
    def label(self) -> str:
        """The Vega expression that labels a tick with its real moment."""
        if self.wait is None:
            return "format(datum.value, ',~g')"
        late = f"format(datum.value + {self.cut:.9g}, ',.7~g')"
        return f"datum.value <= {self.wait[0]:.9g} ? format(datum.value, ',~g') : {late}"
