"""What is measured by size, in words: one row for each sort of shape."""

from collections.abc import Sequence
from dataclasses import dataclass

from production_testers.laws.cost.kept_per_run import RUNS
from production_testers.laws.cost.observing import OBSERVED
from production_testers.laws.guard.keeps_up import GUARDED
from production_testers.laws.memory.session_size import TURNS
from production_testers.laws.target.keeps_nothing import REQUESTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A sort of shape. `{}` stands for what distinguishes shapes of the sort.

    Attributes:
        what: What was measured.
        of: What sizes count.
        amount: How much it was; `{}` stands for the number.
        exhibit: What is executed to measure it; `{sizes}` stands for the sizes.
        feature: What a fingerprint calls the need for a size.
        scale: Points hold so many times the number that people read.
    """

    what: str
    of: str
    amount: str
    exhibit: str
    feature: str
    scale: float = 1.0

    def of_size(self, size: int) -> str:
        """A size in words."""
        return f"{size:,} {self.of}"

    def of_amount(self, operations: int) -> str:
        """What a point holds, in words."""
        return self.amount.format(operations / self.scale if self.scale != 1 else operations)


_STAGES = Measured(
    what="Executed lines of a {}",
    of="stages",
    amount="{:,} executed lines",
    exhibit="One run of a {} of {sizes} stages, all of them trivial.",
    feature="stage-count",
)
_RUNS = Measured(
    what="Memory in use after runs, {}",
    of="runs",
    amount="{:,} blocks",
    exhibit="{sizes} runs of one pipeline of four trivial stages, {}.",
    feature="run-count",
)
MEASURED = {
    "chain": _STAGES,
    "fan_out": _STAGES,
    OBSERVED: Measured(
        what="What observing adds to a run",
        of="stages",
        amount="{:,} executed lines",
        exhibit="One run of a chain of {sizes} trivial stages, with somebody who listens.",
        feature="stage-count",
    ),
    RUNS: _RUNS,
    REQUESTS: Measured(
        what="Memory in use after requests",
        of="requests",
        amount="{:,} blocks",
        exhibit="{sizes} requests, the same few again and again, and nothing goes wrong.",
        feature="run-count",
    ),
    TURNS: Measured(
        what="Memory of one session",
        of="turns",
        amount="{:,} bytes",
        exhibit="One session of {sizes} turns, of 400 characters asked and 400 answered.",
        feature="turn-count",
    ),
    GUARDED: Measured(
        what="Processor time of the check {}",
        of="characters",
        amount="{:,.1f} ms",
        exhibit="Texts of {sizes} characters, looked at by the check {}.",
        feature="text-length",
        scale=1e6,
    ),
}
"""How a shape begins → what is measured."""

_ENDS = {
    "completed": "all of which complete",
    "nested": "the third of which runs another pipeline",
    "failed": "the third of which fails",
    "cancelled": "the third of which cancels its run",
    "given_up": "whose caller cancels each run in its third stage",
}
"""How the runs end whose remains are counted."""


def measured_of(shape: str) -> Measured:
    """What a shape measures."""
    return next(one for begin, one in MEASURED.items() if shape.startswith(begin))


def _name(shape: str) -> str:
    """What distinguishes it from other shapes of its sort."""
    begin = next(begin for begin in MEASURED if shape.startswith(begin))
    return (shape.removeprefix(begin) or shape).replace("_", "-" if begin == shape else " ")


def what_of(shape: str) -> str:
    """What was measured, in words."""
    return measured_of(shape).what.format(_name(shape))


def measured_in_words(shape: str, sizes: Sequence[int]) -> str:
    """What was measured for which sizes, for the states of a finding."""
    told = what_of(shape)
    return f"{told[:1].lower()}{told[1:]}, for {list(sizes)} {measured_of(shape).of}"


def growth_in_words(shape: str, sizes: Sequence[int]) -> str:
    """What is executed to measure it, as one sentence."""
    name = _ENDS.get(shape.removeprefix(RUNS), _name(shape))
    told = " and ".join(str(size) for size in sizes)
    return measured_of(shape).exhibit.format(name, sizes=told)
