"""The simulated loop that follows a schedule: order of ready tasks, latencies, cancellations.

Which ready steps may be chosen: every task's step that stands in front of the first callback that
is no task's step, and that callback. So a callback never comes later than a step that became
ready after it; programs rely on that (`add_done_callback` before `await`), and asyncio says so.
"""

# ruff: noqa: SLF001 - stands where the stock loop stands, and inherits its private parts

import asyncio
import contextvars
import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any, Protocol

from production_testers.simulation.latencies import extra_of, waker_of
from production_testers.simulation.loop import (
    DeadlockError,
    Handle,
    SimulatedLoop,
    Timer,
)
from production_testers.simulation.schedule import Delay, Fault, FaultKind, Schedule
from production_testers.simulation.strategies import (
    PICKERS,
    First,
    Holding,
    Picker,
    Recorded,
    name_of,
)
from production_testers.simulation.tasks import Actor, actor_of
from production_testers.simulation.timers import LateTimers

OVERTAKEN_MAX = 1_000
"""A ready step that so many others have overtaken goes next: loops that wait for it end."""

_WAKE: Any = asyncio.futures._set_result_unless_cancelled  # type: ignore[attr-defined]
"""What `asyncio.sleep` sets a timer for."""


class Watch(Protocol):
    """Is told of every step."""

    def begin(self) -> None:
        """A step begins."""

    def end(self, actor: Actor | None) -> None:
        """It has ended; whose it was."""


class ExploringLoop(SimulatedLoop):
    """A simulated loop that follows a schedule and writes down what it chose.

    Args:
        schedule: What to follow.
        limit_s: As for `SimulatedLoop`.
        pass_limit: Likewise.
        watch: Told of every step; points with a choice are written down even where asyncio's own
            order is kept.

    Attributes:
        picks: For every point with a choice, which task's which step went next.
        positions: Likewise, as the position among those that could.
        widths: Likewise, how many could.
        cancelled: Which cancellations happened: task, before which step, whether it was waiting.
        passed: Task and its step → how many others went before it though it was ready earlier.
        actors: Every task that took a step, in the order of their first one.
    """

    def __init__(
        self,
        schedule: Schedule,
        *,
        limit_s: float = 86_400.0,
        pass_limit: int = 1_000_000,
        watch: Watch | None = None,
    ) -> None:
        super().__init__(schedule.order_seed, limit_s=limit_s, pass_limit=pass_limit)
        self.picks: list[tuple[str, int]] = []
        self.positions: list[int] = []
        self.widths: list[int] = []
        self.passed: Counter[tuple[str, int]] = Counter()
        self.actors: list[Actor] = []
        self.cancelled: list[tuple[str, int, bool]] = []
        self.watch = watch
        self._picker = _picker_of(schedule, First() if watch is not None else None)
        self._late = _late_timers_of(schedule)
        self._cancellations = _cancellations_of(schedule)
        self.skew = _skew_of(schedule)
        self._lag = 0.0
        self._overtaken = 0
        self._head: object = None
        self._order = array("I")
        self._times = array("d")

    @property
    def delayed(self) -> tuple[Delay, ...]:
        """What took longer, and how much."""
        return () if self._late is None else self._late.delays()

    @property
    def deferred(self) -> tuple[Delay, ...]:
        """Timers other than sleeps that fired late, because they kept their place among them."""
        return () if self._late is None else tuple(self._late.deferred)

    @property
    def ended(self) -> list[tuple[Actor, int]]:
        """Sleeps in the order in which they ended, where some were late."""
        return [] if self._late is None else self._late.ended

    @property
    def out_of_step(self) -> int:
        """How often what the schedule has written down could not be followed."""
        return self._picker.out_of_step if isinstance(self._picker, Recorded) else 0

    def chosen(self) -> tuple[int, int, dict[tuple[str, int], int]]:
        """How many tasks were made, points with a choice, and which steps were overtaken."""
        return len(self.tasks), len(self.widths), dict(self.passed)

    def interleaving(self) -> str:
        """Digest of the order in which tasks took their steps."""
        return hashlib.blake2b(self._order.tobytes(), digest_size=8).hexdigest()

    def digest(self, outcome: str) -> str:
        """Digest of every step with its moment, and of how it ended."""
        whole = hashlib.blake2b(self._order.tobytes(), digest_size=8)
        whole.update(self._times.tobytes())
        whole.update(outcome.encode())
        return whole.hexdigest()

    def steps_taken(self) -> list[tuple[float, str]]:
        """Every step: its moment in seconds, and whose it is (empty for a callback)."""
        paths = {actor.tag: actor.path for actor in self.actors}
        return [
            (moment, paths.get(tag, ""))
            for moment, tag in zip(self._times, self._order, strict=True)
        ]

    def call_soon(  # type: ignore[override]
        self, callback: Any, *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """Have a callback run in the next pass."""
        if self._closed:  # type: ignore[attr-defined]
            self._check_open()
        handle = Handle(callback, args, self, context)
        handle.actor = actor_of(callback)
        handle.lag = self._lag
        self._ready.append(handle)
        return handle

    def call_at(  # type: ignore[override]
        self, when: float, callback: Any, *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        """Set a timer; a sleep may take longer."""
        self._check_open()
        timer = Timer(when, callback, args, self, context)
        sleeps = callback is _WAKE
        actor = self._current()
        if sleeps:
            actor.sleeps += 1
        else:
            actor.timers += 1
        if self._late is None:
            self._set(timer, when)
        elif sleeps:
            self._late.add(timer, actor, actor.sleeps, now=self._now, lag=self._lag, sleep=True)
        else:
            self._late.add(timer, actor, actor.timers, now=self._now, lag=self._lag, sleep=False)
        return timer

    def _current(self) -> Actor:
        return getattr(asyncio.current_task(self), "simulated_actor", self.root)

    def _hand_to_thread(self, step: Any, *args: Any) -> None:
        """A call in a thread is somebody of its own: others overtake it, and it may take long."""
        parent = self._current()
        parent.threads += 1
        job = parent.child("thread")
        job.is_call = True
        timer = Timer(self._now, step, args, self, None)
        timer.actor = job
        if self._late is None:
            self._set(timer, self._now)
        else:
            self._late.add(timer, job, 1, now=self._now, lag=self._lag, sleep=True)

    def _run_once(self) -> None:  # noqa: C901, PLR0912 - in one piece: every step goes through it
        ready, picker, cancellations = self._ready, self._picker, self._cancellations
        append_tag, append_time, watch = self._order.append, self._times.append, self.watch
        while True:
            self._begin_pass()
            left = len(ready)
            while left and ready:
                left -= 1
                handle = ready.popleft() if picker is None else self._next(picker)
                if handle._cancelled:
                    continue
                self.steps += 1
                actor = handle.actor
                if actor is None:
                    append_tag(0)
                else:
                    if not actor.steps:
                        self.actors.append(actor)
                    actor.steps += 1
                    append_tag(actor.tag)
                    if cancellations:
                        self._perhaps_cancel(actor, actor.steps, handle, waiting=False)
                append_time(self._now)
                self._lag = handle.lag
                if watch is not None:
                    watch.begin()
                try:
                    handle._context.run(handle._callback, *handle._args)
                except (SystemExit, KeyboardInterrupt):
                    raise
                except BaseException as error:  # noqa: BLE001 - as the stock loop does
                    self._failed(handle, error)
                if watch is not None:
                    watch.end(actor)
                if cancellations and actor is not None:
                    self._perhaps_cancel(actor, actor.steps + 1, handle, waiting=True)
            self._end_pass()
            if self._stopping:  # type: ignore[attr-defined]
                return

    def _next(self, picker: Picker) -> Any:
        ready = self._ready
        head = ready[0]
        if len(ready) < 2 or head._cancelled:
            return ready.popleft()
        width = cancelled = 0
        for handle in ready:
            width += 1
            if handle.actor is None:
                if not handle._cancelled:
                    break
                cancelled += 1
        if width - cancelled < 2 or (head is self._head and self._overtaken >= OVERTAKEN_MAX):
            return ready.popleft()
        options = list(islice(ready, width))
        if cancelled:  # they stay until they are in front: so long is the pass without a picker
            options = [handle for handle in options if not handle._cancelled]
        position = picker.pick(options)
        handle = options[position]
        self.positions.append(position)
        self.widths.append(len(options))
        self.picks.append(name_of(handle))
        if position == 0:
            return ready.popleft()
        self._overtaken = self._overtaken + 1 if head is self._head else 1
        self._head = head
        for other in islice(options, position):
            self.passed[name_of(other)] += 1
        del ready[_place_of(handle, ready) if cancelled else position]
        return handle

    def _perhaps_cancel(self, actor: Actor, step: int, handle: Any, *, waiting: bool) -> None:
        if (actor.path, step, waiting) in self._cancellations:
            task = getattr(handle._callback, "__self__", None)
            if isinstance(task, asyncio.Task) and task.cancel():
                self._cancellations.discard((actor.path, step, waiting))
                self.cancelled.append((actor.path, step, waiting))

    def _begin_pass(self) -> None:
        super()._begin_pass()
        late = self._late
        if late is not None and self._now >= late.look_at_s:
            self._ready.extend(late.due(self._now, self._ready))

    def _pass_time(self) -> None:
        if self._late is None:
            super()._pass_time()
            return
        moment = self._late.next_moment(self._now)
        if moment is None:
            raise DeadlockError(self.waiting())
        self._go_to(moment)


def _place_of(handle: Any, ready: Iterable[Any]) -> int:
    """Where it stands; timers count as equal to others of their moment, so nothing else tells."""
    return next(place for place, other in enumerate(ready) if other is handle)


def _picker_of(schedule: Schedule, otherwise: Picker | None) -> Picker | None:
    if schedule.holds:
        return Holding(schedule.holds)
    if schedule.picks:
        return Recorded(schedule.picks)
    if schedule.order is not None:
        return PICKERS[schedule.order.strategy](schedule.order)
    return otherwise


def _late_timers_of(schedule: Schedule) -> LateTimers | None:
    if schedule.latency is None and not schedule.delays:
        return None
    return LateTimers(
        extra_of(schedule.latency, schedule.delays),
        waker_of(schedule.latency),
        patient=not schedule.impatient,
    )


def _cancellations_of(schedule: Schedule) -> set[tuple[str, int, bool]]:
    return {
        (fault.target, fault.nth, fault.waiting)
        for fault in schedule.faults
        if fault.kind is FaultKind.CANCEL
    }


def _skew_of(schedule: Schedule) -> Any:
    clocks: list[Fault] = [f for f in schedule.faults if f.kind is FaultKind.CLOCK]
    if not clocks:
        return None
    return lambda now: sum(fault.seconds for fault in clocks if now >= fault.at_s)
