"""Makes a failing schedule small: a few directives in words instead of many choices.

First whatever can be dropped as a whole is dropped. What is left of an order becomes *holds* on top
of asyncio's own order: first a single one is looked for, then pairs, then the recorded order is
translated and reduced (delta debugging: Zeller, Hildebrandt 2002). Latencies are reduced likewise.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations
from random import Random
from typing import Any

from production_testers.model.ordering import Hold
from production_testers.simulation.execution import Execution
from production_testers.simulation.schedule import Delay, Schedule

STEP_BUDGET = 200_000
"""Steps that shrinking one failure may take, and what starting an execution counts."""

START_COST = 40

PAIRED_MAX = 14
"""Candidates of which every pair is tried."""

FEW = 2
"""So many directives are few enough."""

SINGLES_MAX, PAIRS_MAX = 300, 600
"""How many other holds, and pairs of them, are tried where many holds are left."""

HELD_FOR = (None, 1, 2, 3, 4, 6, 8)
"""For how many steps of others."""

ROUND_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Delays that people read easily."""

Run = Callable[[Schedule], Execution]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """The result of shrinking.

    Attributes:
        execution: The failing execution of the smallest schedule.
        tried: How many schedules were executed.
        complete: Whether the budget was enough to try everything.
    """

    execution: Execution
    tried: int
    complete: bool


def shrink_with(run: Run, failing: Execution, *, budget: int = STEP_BUDGET) -> Shrunk:
    """Shrink a failing execution.

    Args:
        run: Executes a schedule.
        failing: What fails; its first problem is what must stay.
        budget: Steps that may be taken, plus `START_COST` for every execution.
    """
    search = _Search(run, failing, budget)
    _drop_wholes(search)
    if search.schedule.picks or search.schedule.holds:
        _find_holds(search)
    if search.schedule.delays:
        _find_delays(search)
    _drop_faults(search)
    _round(search)
    _drop_wholes(search)
    return Shrunk(execution=search.best, tried=search.tried, complete=not search.spent)


class _Search:
    """Tries schedules as long as the budget lasts, and keeps the best that fails the same way."""

    def __init__(self, run: Run, failing: Execution, budget: int) -> None:
        self._run = run
        self._identity = failing.problems[0].identity
        self._left = budget
        self._seen: set[str] = set()
        self.best = failing
        self.schedule = failing.stated
        self.tried = 0
        if not self.fails(failing.stated):  # replaying by meaning shows something else
            self.schedule = failing.schedule

    @property
    def spent(self) -> bool:
        """Whether the budget is used up."""
        return self._left <= 0

    def fails(self, schedule: Schedule) -> bool:
        """Whether it fails the same way; then it is the best from now on."""
        execution = self.try_out(schedule)
        if execution is None:
            return False
        self.best, self.schedule = execution, schedule
        return True

    def try_out(self, schedule: Schedule) -> Execution | None:
        """The execution, where it fails the same way."""
        key = repr(schedule)
        if self.spent or key in self._seen:
            return None
        self._seen.add(key)
        self.tried += 1
        execution = self._run(schedule)
        self._left -= execution.steps + START_COST
        same = any(problem.identity == self._identity for problem in execution.problems[:1])
        return execution if same and not execution.out_of_step else None

    def first(self, schedules: Iterable[Schedule]) -> bool:
        """Whether one of them fails; the first that does is kept."""
        return any(self.fails(schedule) for schedule in schedules)


def _drop_wholes(search: _Search) -> None:
    """Everything at once, then each kind of choice."""
    current = search.schedule
    search.first([Schedule(faults=current.faults), Schedule()])
    for change in _WHOLES:
        smaller = replace(search.schedule, **change)
        if smaller != search.schedule:
            search.fails(smaller)


_WHOLES: tuple[dict[str, Any], ...] = (
    {"order_seed": 0, "seed": 0},
    {"order_seed": 0},
    {"seed": 0},
    {"faults": ()},
    {"impatient": False},
    {"delays": (), "latency": None},
    {"picks": (), "order": None, "holds": ()},
)


def _find_holds(search: _Search) -> None:
    """Holds instead of a recorded order; fewer holds instead of many."""
    if search.schedule.holds and len(search.schedule.holds) == 1:
        _looser(search)
        return
    passed = search.best.passed
    base = replace(search.schedule, picks=(), order=None, holds=())
    candidates = [Hold(task=task, step=step) for (task, step), _ in passed]
    found = search.first(replace(base, holds=(hold,)) for hold in candidates)
    found = found or search.first(
        replace(base, holds=(replace(hold, others=count),))
        for hold, (_, count) in zip(candidates, passed, strict=True)
    )
    found = found or search.first(
        replace(base, holds=pair) for pair in combinations(candidates[:PAIRED_MAX], 2)
    )
    if not found:
        _reduce_holds(search, base, passed)
    if len(search.schedule.holds) > FEW:
        _look_around(search, base)
    _looser(search)


def _look_around(search: _Search, base: Schedule) -> None:
    """Other holds than the order suggests: any single one, then pairs drawn at random."""
    random = Random(0)
    taken = search.best.profile.steps.items()
    holds = [
        Hold(task=task, step=step, others=others)
        for task, steps in taken
        for step in range(1, steps + 1)
        for others in HELD_FOR
    ]
    random.shuffle(holds)
    singles = ((hold,) for hold in holds[:SINGLES_MAX])
    pairs = (tuple(random.sample(holds, 2)) for _ in range(PAIRS_MAX if len(holds) > 1 else 0))
    search.first(replace(base, holds=some) for some in chain(singles, pairs))


def _reduce_holds(
    search: _Search, base: Schedule, passed: Sequence[tuple[tuple[str, int], int]]
) -> None:
    """Translate the recorded order as a whole, then leave out what it can do without."""
    holds = tuple(Hold(task=task, step=step, others=count) for (task, step), count in passed)
    if search.schedule.holds:
        holds = search.schedule.holds
    elif not search.fails(replace(base, holds=holds)):
        return
    _reduce(search, holds, lambda kept: replace(base, holds=kept))


def _looser(search: _Search) -> None:
    """As long as possible instead of for a number of steps: it says the same with less."""
    for hold in search.schedule.holds:
        if hold.others is not None:
            others = tuple(
                replace(h, others=None) if h == hold else h for h in search.schedule.holds
            )
            search.fails(replace(search.schedule, holds=others))


def _reduce(
    search: _Search, parts: Sequence[Any], make: Callable[[tuple[Any, ...]], Schedule]
) -> None:
    """Delta debugging: leave out ever smaller pieces."""
    kept = list(parts)
    piece = max(1, len(kept) // 2)
    while kept and not search.spent:
        start, smaller = 0, False
        while start < len(kept):
            rest = kept[:start] + kept[start + piece :]
            if rest and search.fails(make(tuple(rest))):
                kept, smaller = rest, True
            else:
                start += piece
        if piece == 1 and not smaller:
            return
        piece = max(1, piece // 2)


def _find_delays(search: _Search) -> None:
    """Fewer delays; where many are left, a single large one is looked for."""
    delays = search.schedule.delays
    without = replace(search.schedule, delays=(), latency=None)
    if len(delays) > 1:
        search.first(replace(without, delays=(delay,)) for delay in _largest(delays))
    if len(search.schedule.delays) > 1:
        _reduce(search, _largest(delays), lambda kept: replace(without, delays=kept))
    if len(search.schedule.delays) > 2:
        whole = search.best.virtual_s
        pairs = combinations(_largest(delays)[:PAIRED_MAX], 2)
        search.first(
            replace(without, delays=tuple(replace(delay, seconds=s) for delay in pair))
            for pair in pairs
            for s in (whole / 2, whole * 2)
        )


def _largest(delays: Iterable[Delay]) -> list[Delay]:
    return sorted(delays, key=lambda delay: (-delay.seconds, delay.task, delay.nth))


def _drop_faults(search: _Search) -> None:
    faults = search.schedule.faults
    if len(faults) > 1:
        _reduce(search, faults, lambda kept: replace(search.schedule, faults=kept))


def _round(search: _Search) -> None:
    """Delays that are easily read: the smallest round one, from what it was on."""
    for delay in search.schedule.delays:
        others = tuple(other for other in search.schedule.delays if other != delay)
        search.first(
            replace(search.schedule, delays=(*others, replace(delay, seconds=seconds)))
            for seconds in _rounded(delay.seconds)
        )


def _rounded(seconds: float) -> Iterator[float]:
    above = [s for s in ROUND_S if s >= seconds]
    below = [s for s in reversed(ROUND_S) if s < seconds]
    yield from (*above[:2], *below[:2])
