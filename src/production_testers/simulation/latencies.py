"""How much longer than asked for a sleep or a call in a thread takes, drawn by meaning.

A draw depends on the seed, the task's path and the number of the sleep, so what is left of a
program that was made smaller keeps its latencies.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import Protocol

from production_testers.simulation.schedule import Delay, Latency
from production_testers.simulation.tasks import Actor

_MASK = (1 << 64) - 1
_US = 6
"""Extra seconds are rounded to microseconds."""


class Extra(Protocol):
    """Decides how many seconds longer a sleep takes."""

    def __call__(self, actor: Actor, nth: int, delay: float, /) -> float:
        """For the nth sleep of an actor, which asked for `delay` seconds."""


def fraction(seed: int, tag: int, nth: int) -> float:
    """A number in [0, 1) that belongs to (tag, nth) under `seed`.

    The mixing function is splitmix64's (Steele, Lea, Flood 2014).
    """
    x = (seed * 0x9E3779B97F4A7C15 + (tag << 24) + nth * 0xD1342543DE82EF95) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return (x ^ (x >> 31)) / (1 << 64)


def _wide(seed: int, options: Mapping[str, float]) -> Extra:
    """Every sleep takes up to `factor` times as long, and a call in a thread up to `call_s`."""
    factor, call_s = options["factor"], options["call_s"]

    def extra(actor: Actor, nth: int, delay: float) -> float:
        return round(fraction(seed, actor.tag, nth) * (delay * factor or call_s), _US)

    return extra


def _few(seed: int, options: Mapping[str, float]) -> Extra:
    """A share of the sleeps takes longer, by something between `low_s` and `high_s`.

    The logarithm of what is added is uniform: small and large delays are equally likely.
    """
    share, low = options["share"], math.log(options["low_s"])
    span = math.log(options["high_s"]) - low

    def extra(actor: Actor, nth: int, _delay: float) -> float:
        if fraction(seed, actor.tag, nth) >= share:
            return 0.0
        return round(math.exp(low + span * fraction(seed ^ 0x5BD1E995, actor.tag, nth)), _US)

    return extra


def _uneven(seed: int, options: Mapping[str, float]) -> Extra:
    """Every task has a pace of its own: its sleeps take up to `factor` times as long.

    At a share `change` of its sleeps it takes another pace.
    """
    span, change, call_s = math.log(options["factor"]), options["change"], options["call_s"]
    paces: dict[int, float] = {}

    def extra(actor: Actor, nth: int, delay: float) -> float:
        pace = paces.get(actor.tag)
        if pace is None or fraction(seed ^ 0x2545F491, actor.tag, nth) < change:
            pace = paces[actor.tag] = math.exp(span * fraction(seed, actor.tag, nth)) - 1
        if not delay:
            return round(call_s * fraction(seed, actor.tag, nth), _US)
        return round(delay * pace, _US)

    return extra


def _disturbed(seed: int, options: Mapping[str, float]) -> Extra:
    """Every sleep takes a little longer, as on a real machine."""
    most = options["most_s"]

    def extra(actor: Actor, nth: int, _delay: float) -> float:
        return round(most * fraction(seed, actor.tag, nth), _US)

    return extra


DISTRIBUTIONS: Mapping[str, Callable[[int, Mapping[str, float]], Extra]] = {
    "wide": _wide,
    "few": _few,
    "uneven": _uneven,
    "disturbed": _disturbed,
}
"""Distributions by name."""


Sleeper = tuple[Actor, int]
"""Who sleeps, and which of its sleeps it is."""


class Waker:
    """Chooses which of several sleeps ends next, and so makes those late that it passes over.

    Attributes:
        gap_s: So much time lies between an end that is late and the one before it.
        apart_s: Ends that would be nearer to the one before are made late, too.
        reach: A sleep may end before others whose ends are nearer by up to this factor.
    """

    gap_s = 0.0005
    apart_s = 0.0
    reach = 30.0

    def choose(self, sleepers: Sequence[Sleeper]) -> int:
        """The position of one; they are ordered by when they would end, at least two."""
        raise NotImplementedError


class AnyNext(Waker):
    """Every sleep is equally likely to end next."""

    def __init__(self, latency: Latency) -> None:
        self._random = Random(latency.seed).random

    def choose(self, sleepers: Sequence[Sleeper]) -> int:
        """Any."""
        return int(self._random() * len(sleepers))


class Ranked(Waker):
    """The sleep of the task of the highest priority ends next; see `strategies.Pct`."""

    def __init__(self, latency: Latency) -> None:
        random = Random(latency.seed)
        depth, sleeps = int(latency.options["depth"]), max(1, int(latency.options["sleeps"]))
        self._random = random.random
        self._changes = {random.randint(1, sleeps): -float(i) for i in range(1, depth)}
        self._ranks: dict[str, float] = {}
        self._chosen = 0

    def choose(self, sleepers: Sequence[Sleeper]) -> int:
        """The highest priority."""
        self._chosen += 1
        best = self._highest(sleepers)
        if self._chosen in self._changes:
            self._ranks[sleepers[best][0].path] = self._changes[self._chosen]
            best = self._highest(sleepers)
        return best

    def _highest(self, sleepers: Sequence[Sleeper]) -> int:
        for actor, _ in sleepers:
            if actor.path not in self._ranks:
                self._ranks[actor.path] = self._random()
        return max(range(len(sleepers)), key=lambda at: self._ranks[sleepers[at][0].path])


class InOrder(Waker):
    """Sleeps end in a known order, well apart from each other."""

    reach = math.inf

    def __init__(self, latency: Latency) -> None:
        self.gap_s = self.apart_s = latency.options["gap_s"]
        self._places = latency.options

    def choose(self, sleepers: Sequence[Sleeper]) -> int:
        """The one that the order names first."""
        return min(
            range(len(sleepers)),
            key=lambda at: self._places.get(place_of(*sleepers[at]), math.inf),
        )


def place_of(actor: Actor, nth: int) -> str:
    """How `InOrder` names a sleep."""
    return f"{actor.path}#{nth}"


WAKERS: Mapping[str, Callable[[Latency], Waker]] = {
    "any-next": AnyNext,
    "ranked": Ranked,
    "in-order": InOrder,
}
"""Distributions that choose an order of ends, and so make some sleeps late."""


def waker_of(latency: Latency | None) -> Waker | None:
    """Who chooses which sleep ends next; None where the distribution says how long each takes."""
    if latency is None or latency.distribution not in WAKERS:
        return None
    return WAKERS[latency.distribution](latency)


def extra_of(latency: Latency | None, delays: Iterable[Delay]) -> Extra:
    """How much longer sleeps take under a schedule: what is drawn, and what is stated."""
    stated = {(delay.task, delay.nth): delay.seconds for delay in delays}
    drawn: Extra = _nothing
    if latency is not None and latency.distribution in DISTRIBUTIONS:
        drawn = DISTRIBUTIONS[latency.distribution](latency.seed, latency.options)
    if not stated:
        return drawn

    def extra(actor: Actor, nth: int, delay: float) -> float:
        return drawn(actor, nth, delay) + stated.get((actor.path, nth), 0.0)

    return extra


def _nothing(_actor: Actor, _nth: int, _delay: float) -> float:
    return 0.0
