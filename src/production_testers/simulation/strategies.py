"""Which of several ready tasks goes next.

Every strategy is offered the ready steps in asyncio's own order, so choosing the first one every
time is asyncio. No strategy finds everything; `portfolio` takes turns.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import Protocol

from production_testers.model.ordering import Hold, Order
from production_testers.simulation.loop import Handle, Timer

Ready = Sequence[Handle | Timer]


class Picker(Protocol):
    """Chooses among ready steps."""

    def pick(self, options: Ready) -> int:
        """The position of the one that goes next; there are at least two."""


class First:
    """Asyncio's own order."""

    def pick(self, options: Ready) -> int:  # noqa: ARG002 - whatever there is
        """The first."""
        return 0


class Walk:
    """Random walk: every ready step is equally likely."""

    def __init__(self, order: Order) -> None:
        self._random = Random(order.seed).random

    def pick(self, options: Ready) -> int:
        """Any."""
        return int(self._random() * len(options))


class Pct:
    """Probabilistic concurrency testing: the ready task of the highest priority goes next.

    Priorities are random; at `depth - 1` random moments among `steps` the task that goes next
    falls behind all others (Burckhardt, Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler
    with Probabilistic Guarantees of Finding Bugs, ASPLOS 2010).
    """

    def __init__(self, order: Order) -> None:
        random = Random(order.seed)
        self._random = random.random
        depth, steps = int(order.options["depth"]), max(1, int(order.options["steps"]))
        self._changes = {random.randint(1, steps): -float(i) for i in range(1, depth)}
        self._callbacks = 1.0 + random.random()
        self._picked = 0

    def pick(self, options: Ready) -> int:
        """The highest priority."""
        best = self._highest(options)
        self._picked += 1
        change = self._changes.pop(self._picked, None)
        actor = options[best].actor
        if change is not None and actor is not None:
            actor.priority = change
            best = self._highest(options)
        return best

    def _highest(self, options: Ready) -> int:
        best, highest = 0, -1e9
        for position, option in enumerate(options):
            actor = option.actor
            if actor is None:
                priority = self._callbacks
            else:
                priority = actor.priority = actor.priority or 1.0 + self._random()
            if priority > highest:
                best, highest = position, priority
        return best


class Pos:
    """Partial order sampling: every ready step draws a priority when it becomes ready.

    What is drawn stays until the step has run (Yuan, Yang, Gu: Partial Order Aware Concurrency
    Sampling, CAV 2018). Which steps conflict is not known here, so no priority is drawn anew.
    """

    def __init__(self, order: Order) -> None:
        self._random = Random(order.seed).random
        self._drawn: dict[tuple[str, int], float] = {}

    def pick(self, options: Ready) -> int:
        """The highest priority."""
        drawn, best, highest = self._drawn, 0, -1.0
        for position, option in enumerate(options):
            actor = option.actor
            if actor is None:
                priority = self._random()
            else:
                key = (actor.path, actor.steps)
                priority = drawn.get(key, -1.0)
                if priority < 0:
                    priority = drawn[key] = self._random()
            if priority > highest:
                best, highest = position, priority
        return best


class Urw:
    """Uniform random walk: a task is the likelier to go next the more steps it has before it.

    With the steps of every task known beforehand, each interleaving of independent tasks is
    equally likely (Zhao, Wolff, Mathur, Roychoudhury: Selectively Uniform Concurrency Testing,
    ASPLOS 2025). The expectation comes from the program's own order.
    """

    def __init__(self, order: Order) -> None:
        self._random = Random(order.seed).random
        self._expected = order.weights

    def pick(self, options: Ready) -> int:
        """By what is left."""
        left = [
            1
            if option.actor is None
            else max(1, self._expected.get(option.actor.path, 1) - option.actor.steps)
            for option in options
        ]
        at = self._random() * sum(left)
        for position, weight in enumerate(left):
            at -= weight
            if at < 0:
                return position
        return len(left) - 1


class Holding:
    """First in, first out, except for the steps that are held."""

    def __init__(self, holds: Iterable[Hold]) -> None:
        self._holds = {(hold.task, hold.step): hold.others for hold in holds}
        self._left: dict[tuple[str, int], int] = {}

    def pick(self, options: Ready) -> int:
        """The first that is not held; the first one where all are."""
        for position, option in enumerate(options):
            actor = option.actor
            if actor is None or (key := (actor.path, actor.steps + 1)) not in self._holds:
                return self._passed(options, position)
            others = self._holds[key]
            if others is not None and self._left.setdefault(key, others) <= 0:
                return self._passed(options, position)
        return 0

    def _passed(self, options: Ready, position: int) -> int:
        for option in options[:position]:
            if option.actor is not None:
                key = (option.actor.path, option.actor.steps + 1)
                if key in self._left:
                    self._left[key] -= 1
        return position


class Recorded:
    """What was written down; where it does not fit, asyncio's own order.

    Attributes:
        out_of_step: How often what was written down could not be chosen.
    """

    def __init__(self, picks: Iterable[tuple[str, int]]) -> None:
        self._picks = iter(picks)
        self.out_of_step = 0

    def pick(self, options: Ready) -> int:
        """The one that is named."""
        wanted = next(self._picks, None)
        for position, option in enumerate(options):
            if wanted == name_of(option):
                return position
        self.out_of_step += 1
        return 0


class Prefix:
    """Given positions, then asyncio's own order: how a tree of choices is walked through."""

    def __init__(self, order: Order) -> None:
        self._positions = [int(order.options[f"{i}"]) for i in range(len(order.options))]
        self._next = 0

    def pick(self, options: Ready) -> int:
        """The given one, as long as there is one."""
        self._next += 1
        if self._next > len(self._positions):
            return 0
        return min(self._positions[self._next - 1], len(options) - 1)


def name_of(option: Handle | Timer) -> tuple[str, int]:
    """How a pick is written down."""
    actor = option.actor
    return ("", 0) if actor is None else (actor.path, actor.steps + 1)


PICKERS: Mapping[str, Callable[[Order], Picker]] = {
    "walk": Walk,
    "pct": Pct,
    "pos": Pos,
    "urw": Urw,
    "prefix": Prefix,
}
"""Strategies by name."""
