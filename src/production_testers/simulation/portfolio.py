"""Which schedule comes i-th: strategies take turns, and the seed chooses their options.

Schedule i depends on the seed, on i and on what asyncio's own order shows, so a smaller plan is a
prefix of a larger one. Every seed explores in another way (swarm: Groce, Zhang, Eide, Chen, Regehr:
Swarm Testing, ISSTA 2012), and says in which.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from production_testers.model import seeds
from production_testers.model.errors import UsageError
from production_testers.model.ordering import Hold, Order
from production_testers.simulation.execution import Profile
from production_testers.simulation.ports import AT_PORTS
from production_testers.simulation.schedule import (
    Fault,
    FaultKind,
    Latency,
    Model,
    Schedule,
    milliseconds,
)

LATE_S_MIN = 0.0005
"""The smallest delay that is drawn: less is the price of a step on a stock loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What may go wrong in the executions that are explored. By default nothing.

    Attributes:
        cancel: Tasks other than the program's own may be cancelled before any of their steps.
        ports: Port (`package.module:Class.function`) → kinds of faults that may happen at it.
        errors: Import paths of the exceptions that ports may raise.
        late_s: The longest delay at a port.
        late_work: Work may be so late that it runs into time-outs that it would have met.
        clock_s: The largest jump of the wall clock, forward or back; 0 for none.
        at_most: How many faults one execution may have.

    Raises:
        UsageError: A port has a kind that does not happen at ports, or `at_most` is under 1.
    """

    cancel: bool = False
    ports: Mapping[str, Sequence[FaultKind]] = field(default_factory=dict)
    errors: Sequence[str] = ("builtins:OSError", "builtins:TimeoutError")
    late_s: float = 1.0
    late_work: bool = False
    clock_s: float = 0.0
    at_most: int = 1

    def __post_init__(self) -> None:
        for port, kinds in self.ports.items():
            wrong = [kind for kind in kinds if kind not in AT_PORTS]
            if isinstance(kinds, str) or wrong:
                raise UsageError(
                    f"Faults: {port} has the kinds {kinds!r}.",
                    do=f"Write a list of some of {', '.join(sorted(AT_PORTS))}.",
                )
        if self.at_most < 1:
            raise UsageError(f"Faults: at_most={self.at_most}: at least one is needed.")

    @property
    def any(self) -> bool:
        """Whether something may go wrong at all."""
        return bool(self.cancel or self.ports or self.clock_s or self.late_work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One schedule of a plan.

    Attributes:
        strategy: The name under which it is counted.
        options: What the seed chose, in words.
        schedule: The schedule.
    """

    strategy: str
    options: str
    schedule: Schedule


Draw = Callable[[Random, Profile], tuple[str, Schedule]]


def _walk(random: Random, profile: Profile) -> tuple[str, Schedule]:
    order = Order(strategy="walk", seed=random.getrandbits(32))
    return _perhaps_late(random, profile, "every ready task equally likely", order)


def pct(depth: int) -> Draw:
    """PCT of a depth: finds defects that need `depth` ordering constraints."""

    def draw(random: Random, profile: Profile) -> tuple[str, Schedule]:
        steps = max(1, profile.choices)
        options = {"depth": depth, "steps": steps}
        order = Order(strategy="pct", seed=random.getrandbits(32), options=options)
        text = f"random priorities, {depth - 1} changed over {steps} choices"
        return _perhaps_late(random, profile, text, order)

    return draw


def _pos(random: Random, profile: Profile) -> tuple[str, Schedule]:
    order = Order(strategy="pos", seed=random.getrandbits(32))
    return _perhaps_late(random, profile, "every step draws a priority", order)


def _urw(random: Random, profile: Profile) -> tuple[str, Schedule]:
    seed = random.getrandbits(32)
    order = Order(strategy="urw", seed=seed, weights=dict(profile.steps))
    return _perhaps_late(random, profile, "tasks with many steps before them are likelier", order)


def _holds(random: Random, profile: Profile) -> tuple[str, Schedule]:
    """Asyncio's own order, but one or two steps are held (Emmi, Qadeer, Rakamarić: POPL 2011)."""
    count = random.choice((1, 1, 2))
    steps = [(task, step) for task, taken in profile.steps.items() for step in range(1, taken + 1)]
    chosen = random.sample(steps, min(count, len(steps)))
    holds = tuple(
        Hold(task=task, step=step, others=random.choice((None, None, 1, 2, 5)))
        for task, step in chosen
    )
    return f"{len(holds)} of {len(steps)} steps held", Schedule(holds=holds)


def _few_late(random: Random, profile: Profile) -> tuple[str, Schedule]:
    sleeps = max(1, profile.sleeps + profile.threads)
    expected = random.choice((1.0, 1.0, 2.0, 4.0))
    high = max(4 * LATE_S_MIN, 2 * profile.virtual_s)
    options = {"share": min(1.0, expected / sleeps), "low_s": LATE_S_MIN, "high_s": high}
    latency = Latency(distribution="few", seed=random.getrandbits(32), options=options)
    text = f"about {expected:.0f} of {sleeps} sleeps late, by up to {milliseconds(high)}"
    return text, Schedule(latency=latency)


def _wide(random: Random, profile: Profile) -> tuple[str, Schedule]:
    factor = random.choice((0.5, 1.0, 3.0, 10.0))
    options = {"factor": factor, "call_s": max(LATE_S_MIN, profile.virtual_s * factor / 2)}
    latency = Latency(distribution="wide", seed=random.getrandbits(32), options=options)
    return f"sleeps take up to {1 + factor:g} times as long", Schedule(latency=latency)


def _uneven(random: Random, profile: Profile) -> tuple[str, Schedule]:
    factor = random.choice((3.0, 10.0, 30.0))
    change = random.choice((0.0, 0.1, 0.3))
    call_s = max(LATE_S_MIN, profile.virtual_s / 4)
    options = {"factor": factor, "change": change, "call_s": call_s}
    latency = Latency(distribution="uneven", seed=random.getrandbits(32), options=options)
    text = f"every task up to {factor:g} times as slow, which changes at {change:.0%} of its sleeps"
    return text, Schedule(latency=latency)


def _any_next(random: Random, _profile: Profile) -> tuple[str, Schedule]:
    latency = Latency(distribution="any-next", seed=random.getrandbits(32))
    return "every sleep equally likely to end next", Schedule(latency=latency)


def _ranked(random: Random, profile: Profile) -> tuple[str, Schedule]:
    depth, sleeps = random.choice((1, 2, 3)), max(1, profile.sleeps + profile.threads)
    options = {"depth": depth, "sleeps": sleeps}
    latency = Latency(distribution="ranked", seed=random.getrandbits(32), options=options)
    text = f"sleeps end by random priorities, {depth - 1} changed over {sleeps} sleeps"
    return text, Schedule(latency=latency)


def _perhaps_late(
    random: Random, profile: Profile, text: str, order: Order
) -> tuple[str, Schedule]:
    """Every third order comes with latencies, where the program sleeps at all."""
    if not _sleeps(profile) or random.random() >= 1 / 3:
        return text, Schedule(order=order)
    also, late = _few_late(random, profile)
    return f"{text}; {also}", replace(late, order=order)


def _sleeps(profile: Profile) -> bool:
    return profile.sleeps + profile.threads > 0


STRICT: Mapping[str, Draw] = {
    "few-late": _few_late,
    "any-next": _any_next,
    "uneven": _uneven,
    "ranked": _ranked,
    "wide-latency": _wide,
}
"""Strategies of the strict model, by name."""

REORDERING: Mapping[str, Draw] = {
    "walk": _walk,
    "holds": _holds,
    "pct2": pct(2),
    "pos": _pos,
    "urw": _urw,
    "pct3": pct(3),
    "pct1": pct(1),
}
"""Strategies of the reordering model, likewise."""

STRICT_TURNS = (
    "any-next", "ranked", "few-late", "any-next", "uneven", "ranked", "any-next", "wide-latency",
)  # fmt: skip
REORDERING_TURNS = (
    "walk", "urw", "pct2", "pos", "urw", "pct3", "walk", "holds", "urw", "pos", "pct1",
)  # fmt: skip
"""Whose turn it is within a model. Those that find more of the races of all kinds in `tests/` come
more often, and every one comes: each finds some that others miss."""

SHARE_MIN = 0.3
"""Of a program that sleeps and has choices, each model gets at least this share of the turns."""

CYCLE = 176
"""Turns after which the order of turns begins anew."""

EXHAUSTIVE = "exhaustive"
FIFO = "fifo"
STRATEGIES = (FIFO, *STRICT, *REORDERING, EXHAUSTIVE)
"""Every name that `strategies=` knows; besides, `pct` with any other depth, such as `pct5`."""

_PCT = re.compile(r"pct([1-9][0-9]?)")

_OF_MODEL: Mapping[Model, Sequence[str]] = {
    Model.STRICT: (FIFO, *STRICT),
    Model.REORDERING: (FIFO, *REORDERING, EXHAUSTIVE),
}


def turns_of(
    profile: Profile, model: Model | None = None, strategies: Sequence[str] | None = None
) -> tuple[str, ...]:
    """The strategies that take turns for a program.

    Args:
        profile: What asyncio's own order shows. Where nothing sleeps, latencies change nothing;
            where never two tasks are ready at once and nothing sleeps, no order does.
        model: Only strategies of one model; None for both models.
        strategies: The caller's choice of names.

    Raises:
        UsageError: There is no strategy of a name, or it is of the other model.
    """
    deeper = [n for n in strategies or () if n not in STRATEGIES and _PCT.fullmatch(n)]
    for name in strategies or ():
        if name not in (*STRATEGIES, *deeper):
            raise UsageError(
                f"strategies: there is none called {name!r}.", do=f"Known: {', '.join(STRATEGIES)}."
            )
        if model is not None and name not in (
            *_OF_MODEL[model],
            *(deeper if model is Model.REORDERING else ()),
        ):
            raise UsageError(
                f"strategies: {name} is not of the {model.value} model.",
                do=f"Of it are {', '.join(_OF_MODEL[model])}.",
            )
    wanted = strategies or STRATEGIES
    strict = [name for name in STRICT_TURNS if name in wanted and _sleeps(profile)]
    choice = profile.choices or _sleeps(profile)
    reordering = [name for name in (*REORDERING_TURNS, *deeper) if name in wanted and choice]
    if model is Model.STRICT:
        reordering = []
    elif model is Model.REORDERING:
        strict = []
    if not strict or not reordering:
        return tuple(strict or reordering)
    sleeps = profile.sleeps + profile.threads
    share = min(1 - SHARE_MIN, max(SHARE_MIN, sleeps / (sleeps + profile.choices)))
    return tuple(_mixed(strict, reordering, share))


def _mixed(strict: Sequence[str], reordering: Sequence[str], share: float) -> Iterator[str]:
    """Both models in turn, so that `share` of any number of turns is the strict one's."""
    for turn in range(CYCLE):
        due = round((turn + 1) * share)
        before = round(turn * share)
        names, nth = (strict, before) if due > before else (reordering, turn - before)
        yield names[nth % len(names)]


def planned(
    seed: int, index: int, profile: Profile, turns: Sequence[str], faults: Faults | None = None
) -> Planned:
    """Schedule `index` of a plan; 0 is asyncio's own order, and nothing goes wrong.

    Args:
        seed: The plan's seed.
        index: Which schedule.
        profile: What asyncio's own order shows.
        turns: The strategies that take turns.
        faults: What may go wrong.
    """
    if index == 0:
        return Planned(strategy=FIFO, options="asyncio's own order", schedule=Schedule())
    random = Random(seeds.derive(seed, "schedule", index))
    name = turns[(index - 1) % len(turns)] if turns else FIFO
    options, schedule = "asyncio's own order", Schedule()
    draw = STRICT.get(name) or REORDERING.get(name)
    if draw is None and (deeper := _PCT.fullmatch(name)):
        draw = pct(int(deeper.group(1)))
    if draw is not None:
        options, schedule = draw(random, profile)
    schedule = replace(
        schedule,
        seed=random.getrandbits(32),
        order_seed=random.getrandbits(32) if random.random() < 0.5 else 0,
    )
    if faults is not None and faults.any:
        drawn = tuple(
            _fault(random, profile, faults) for _ in range(random.randint(1, faults.at_most))
        )
        happening = tuple(fault for fault in drawn if fault is not None)
        impatient = faults.late_work and schedule.latency is not None
        schedule = replace(schedule, faults=happening, impatient=impatient)
    return Planned(strategy=name, options=options, schedule=schedule)


def _fault(random: Random, profile: Profile, faults: Faults) -> Fault | None:
    """One fault, at a point that asyncio's own order has; None where there is no such point."""
    points: list[Callable[[], Fault]] = []
    tasks = profile.cancellable
    if faults.cancel and tasks:
        points.append(lambda: _cancellation(random, tasks))
    ports = [(port, kinds) for port, kinds in faults.ports.items() if profile.ports.get(port)]
    if ports:
        points.append(lambda: _at_port(random, profile, ports, faults))
    if faults.clock_s:
        points.append(lambda: _clock(random, profile, faults))
    return random.choice(points)() if points else None


def _cancellation(random: Random, tasks: Sequence[tuple[str, int]]) -> Fault:
    steps = [(task, step) for task, taken in tasks for step in range(1, taken + 1)]
    task, step = random.choice(steps)
    waiting = step > 1 and random.random() < 0.5
    return Fault(kind=FaultKind.CANCEL, target=task, nth=step, waiting=waiting)


def _at_port(
    random: Random,
    profile: Profile,
    ports: Sequence[tuple[str, Sequence[FaultKind]]],
    faults: Faults,
) -> Fault:
    port, kinds = random.choice(ports)
    return Fault(
        kind=FaultKind(random.choice(tuple(kinds))),
        target=port,
        nth=random.randint(1, profile.ports[port]),
        error=random.choice(tuple(faults.errors)),
        seconds=round(random.uniform(LATE_S_MIN, faults.late_s), 3),
    )


def _clock(random: Random, profile: Profile, faults: Faults) -> Fault:
    jump = random.random() < 0.5
    return Fault(
        kind=FaultKind.CLOCK,
        seconds=round(random.uniform(-faults.clock_s, faults.clock_s), 3),
        at_s=round(random.uniform(0, profile.virtual_s), 6) if jump else 0.0,
    )


def everywhere(profile: Profile) -> tuple[Fault, ...]:
    """A cancellation before every step of every task but the program's own."""
    return tuple(
        Fault(kind=FaultKind.CANCEL, target=task, nth=step, waiting=waiting)
        for task, taken in profile.cancellable
        for step in range(1, taken + 1)
        for waiting in ((False, True) if step > 1 else (False,))
    )
