"""The timers of a loop in which sleeps and calls in threads take longer than asked for.

Only sleeps are late. Every other timer (time-outs, `call_later`) keeps the place among them that it
would have without any delay: it waits for a sleep that would have ended well before, and a sleep
that would have ended after it waits for it. So late work does not run into time-outs that it would
have met by a margin; see `MARGIN`. A schedule may say that time-outs wait for nobody.
"""

# ruff: noqa: SLF001 - timers are the stock loop's, with its private parts

import math
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from production_testers.simulation.latencies import Extra, Waker
from production_testers.simulation.loop import Timer
from production_testers.simulation.schedule import Delay
from production_testers.simulation.tasks import Actor

LATE_S = 0.0001
"""A timer that fires so much later than it was set for was deferred."""

REACH_S = 0.05
"""A sleep may in any case end before others whose ends are nearer by so much."""

MARGIN = 1.5
"""A timer waits for a sleep that would have ended before, if the timer's time was so many times as
long as the sleep and what led to it took: a time-out of 30 ms for work of 20 ms or less."""


class _Pending:
    """A timer that has not fired: when at the earliest, and its place among all others."""

    __slots__ = (
        "actor", "asked", "near", "nth", "number", "place", "sleep", "timer", "when",
    )  # fmt: skip

    def __init__(
        self, timer: Timer, actor: Actor, nth: int, place: float, number: int, *, sleep: bool
    ) -> None:
        self.timer = timer
        self.actor = actor
        self.nth = nth
        self.place = place
        self.number = number
        self.sleep = sleep
        self.asked: float = timer._when
        self.when = self.asked
        self.near = place  # sleeps with a later place are not waited for

    def ends(self) -> tuple[float, float, int]:
        """Orders sleeps by when they really end."""
        return (self.when, self.place, self.number)

    def stands(self) -> tuple[float, int]:
        """Orders timers by when they would fire without any delay."""
        return (self.place, self.number)


class LateTimers:
    """Timers, some of them late.

    Args:
        extra: How much longer each sleep takes.
        waker: Which sleep ends next, where that is chosen instead.
        patient: Whether other timers keep their place; otherwise they fire when they are due.

    Attributes:
        delayed: What ended and took longer, and how much.
        deferred: Timers other than sleeps that fired late, because they kept their place.
        ended: Sleeps in the order in which they ended.
        look_at_s: Nothing can fire before.
    """

    def __init__(self, extra: Extra, waker: Waker | None, *, patient: bool) -> None:
        self._extra = extra
        self._waker = waker
        self._patient = patient
        self._pending: list[_Pending] = []
        self._number = 0
        self._chosen: _Pending | None = None
        self._overtaken: dict[tuple[str, int], float] = {}
        self._gap_s = 0.0 if waker is None else waker.gap_s
        self._rests_until = 0.0
        self.delayed: list[Delay] = []
        self.deferred: list[Delay] = []
        self.ended: list[tuple[Actor, int]] = []
        self.look_at_s = math.inf

    def add(
        self, timer: Timer, actor: Actor, nth: int, *, now: float, lag: float, sleep: bool
    ) -> None:
        """A timer was set.

        Args:
            timer: The timer.
            actor: Who sleeps, or who set it.
            nth: Which of its sleeps, or other timers, it is.
            now: The moment.
            lag: How late its setter is.
            sleep: Whether it is a sleep or a call in a thread, and may be late.
        """
        self._number += 1
        when: float = timer._when
        entry = _Pending(timer, actor, nth, when - lag, self._number, sleep=sleep)
        entry.near = now - lag + (when - now) / MARGIN
        if sleep and when < math.inf and (extra := self._extra(actor, nth, when - now)):
            self.delayed.append(Delay(task=actor.path, nth=nth, seconds=extra))
            entry.when = timer._when = when + extra
        self._pending.append(entry)
        if now < self._rests_until and entry.when <= self._rests_until:
            self._pass_over([entry], self._rests_until)
        self.look_at_s = min(self.look_at_s, entry.when)

    def delays(self) -> tuple[Delay, ...]:
        """What took longer, and how much; so, too, what was overtaken and never ended."""
        never = [
            Delay(task=task, nth=nth, seconds=round(late + self._gap_s, 6))
            for (task, nth), late in self._overtaken.items()
        ]
        return (*self.delayed, *never)

    def next_moment(self, now: float) -> float | None:
        """When the next timer fires, nothing else being ready; None where none will."""
        self._rests_until = 0.0
        entry = self._first(now)
        if entry is None or entry.when == math.inf:
            return None
        self.look_at_s = min(self.look_at_s, entry.when)
        return entry.when

    def due(self, now: float, ready: Collection[Any]) -> Iterator[Timer]:
        """The timers that fire now, in their order."""
        while (entry := self._first(now)) is not None and entry.when <= now:
            if not entry.sleep and self._patient and _late_work(entry, now, ready):
                self.look_at_s = now  # what is ready would have been done before: look again
                return
            self._pending.remove(entry)
            timer = entry.timer
            timer._scheduled = False
            timer.lag = max(0.0, now - entry.place)
            if entry.sleep:
                self.ended.append((entry.actor, entry.nth))
            if not entry.sleep and now - entry.asked > LATE_S:
                late = Delay(task=entry.actor.path, nth=entry.nth, seconds=now - entry.asked)
                self.deferred.append(late)
            yield timer
            if entry is self._chosen:  # the next one is chosen when nothing else is ready
                self._chosen = None
                self._rests_until = now + self._gap_s
                due = (other for other in self._pending if other.when <= self._rests_until)
                self._pass_over(due, self._rests_until)
        self.look_at_s = math.inf if entry is None else entry.when
        if now < self._rests_until:
            self.look_at_s = min(self.look_at_s, self._rests_until)

    def _first(self, now: float) -> _Pending | None:
        """The timer that fires next."""
        self._pending = [entry for entry in self._pending if not entry.timer._cancelled]
        others = [entry for entry in self._pending if not entry.sleep]
        sleeps = [entry for entry in self._pending if entry.sleep]
        if not self._patient:
            return self._sooner(now, sleeps, min(others, key=_Pending.ends, default=None))
        other = min(others, key=_Pending.stands, default=None)
        if other is None:
            return self._next_sleep(now, sleeps)
        before = [entry for entry in sleeps if entry.stands() < other.stands()]
        if any(entry.place < other.near for entry in before):
            return self._next_sleep(now, before)
        return self._sooner(now, before, other)

    def _sooner(
        self, now: float, sleeps: list[_Pending], other: _Pending | None
    ) -> _Pending | None:
        sleep = self._next_sleep(now, sleeps)
        if other is None or (sleep is not None and sleep.ends() < other.ends()):
            return sleep
        return other

    def _next_sleep(self, now: float, sleeps: list[_Pending]) -> _Pending | None:
        if not sleeps or self._waker is None:
            return min(sleeps, key=_Pending.ends, default=None)
        if self._chosen is None and now < self._rests_until:
            return None
        return self._choice(now, sleeps)

    def _choice(self, now: float, sleeps: list[_Pending]) -> _Pending:
        """The sleep that was chosen to end next; those that it overtakes take longer."""
        if self._chosen is not None and self._chosen in sleeps:
            return self._chosen
        assert self._waker is not None
        sleeps.sort(key=_Pending.ends)
        # How long a call in a thread takes nobody knows: any sleep may end before it.
        first = next((entry for entry in sleeps if not entry.actor.is_call), sleeps[0]).when
        reach = first + max(REACH_S, self._waker.reach * (first - now))
        near = [entry for entry in sleeps if entry.when <= reach]
        position = 0
        if len(near) > 1:
            position = self._waker.choose([(entry.actor, entry.nth) for entry in near])
        chosen = near[position]
        extra = 0.0
        if chosen.asked < now + self._waker.apart_s:
            extra = round(max(0.0, now + self._gap_s - chosen.asked), 6)
        if extra:
            self.delayed.append(Delay(task=chosen.actor.path, nth=chosen.nth, seconds=extra))
            chosen.when = chosen.timer._when = chosen.asked + extra
        self._overtaken.pop((chosen.actor.path, chosen.nth), None)
        self._pass_over((e for e in sleeps if e.ends() < chosen.ends()), max(now, chosen.when))
        self._chosen = chosen
        return chosen

    def _pass_over(self, entries: Iterable[_Pending], until: float) -> None:
        """Sleeps that do not end before a moment, though without a choice they would."""
        for entry in entries:
            if entry.sleep:
                self._overtaken[entry.actor.path, entry.nth] = until - entry.asked


def _late_work(timer: _Pending, now: float, ready: Collection[Any]) -> bool:
    """Whether something is ready that would have been done well before, but for delays."""
    return any(now - handle.lag < timer.near for handle in ready if handle.lag)
