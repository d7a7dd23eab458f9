"""A history of a usage arranged by call, as the laws about units want it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.history import Event, EventKind
from production_testers.model.observation import Observation
from production_testers.model.usage import Call
from production_testers.units import UNITS, Unit

WORK_ENDS = frozenset({EventKind.STAGE_ENDED, EventKind.STAGE_RAISED, EventKind.STAGE_STOPPED})


@dataclass(slots=True)
class WorkLine:
    """One execution of the caller's own code.

    Attributes:
        label: Which code.
        nth: Which execution of it in its call, from 1.
        started: Where it started.
        ended: Where it ended; None when it never did.
    """

    label: str
    nth: int
    started: Event
    ended: Event | None = None

    @property
    def how(self) -> str:
        """How it ended: ok, raised, stopped; empty when it never did."""
        if self.ended is None:
            return ""
        kinds = {EventKind.STAGE_ENDED: "ok", EventKind.STAGE_RAISED: "raised"}
        return kinds.get(self.ended.kind, "stopped")

    @property
    def error(self) -> str:
        """Name of the error that it raised, as the scenario gives it; empty without one."""
        return str(self.ended.value.get("type", "")) if self.how == "raised" and self.ended else ""


@dataclass(slots=True)
class CallLine:
    """What happened in one call.

    Attributes:
        call: What was asked for.
        started: None when its client never came to it.
        ended: None when it never ended.
        given_up: Where its client gave up.
        works: Executions of the caller's own code, in the order of their starts.
        events: Every event of the call.
    """

    call: Call
    started: Event | None = None
    ended: Event | None = None
    given_up: Event | None = None
    works: list[WorkLine] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The call's key."""
        return self.call.key

    @property
    def outcome(self) -> str:
        """How it ended: returned, raised, cancelled, refused; empty when it never did."""
        return self._text("outcome")

    @property
    def error(self) -> str:
        """The neutral name of what it raised; empty where the framework has no such name for it."""
        return self._text("error")

    @property
    def type(self) -> str:
        """The name of the class of what it raised."""
        return self._text("type")

    @property
    def message(self) -> str:
        """What it raised says."""
        return self._text("message")

    @property
    def own(self) -> bool:
        """Whether what it raised is, or was caused by, an error of the caller's own code."""
        return bool(self.ended and self.ended.value.get("own"))

    @property
    def value(self) -> Json:
        """What it returned; a long value as its digest and size."""
        return self.ended.value.get("value") if self.ended else None

    @property
    def digest(self) -> str:
        """Digest of what it returned."""
        return self._text("digest")

    def works_of(self, label: str) -> list[WorkLine]:
        """The executions of one label."""
        return [work for work in self.works if work.label == label]

    def in_words(self) -> str:
        """How it ended, for a sentence."""
        if self.outcome == "raised":
            return f"raised {self.type}: {self.message}"[:160]
        if self.outcome == "returned":
            return f"returned {str(self.value)[:120]}"
        return self.outcome or "never ended"

    def _text(self, name: str) -> str:
        return str(self.ended.value.get(name, "")) if self.ended else ""


def unit_of(observation: Observation) -> Unit:
    """The unit that is used.

    Raises:
        KeyError: The observation is none of a usage.
    """
    usage = observation.scenario.usage
    return UNITS[usage.unit if usage else ""]


def calls_of(observation: Observation, *operations: str) -> list[CallLine]:
    """Every call of a usage, or those of some operations, in the order of the usage."""
    lines = _LAST[1] if _LAST[0] is observation else _arranged(observation)
    _LAST[:] = [observation, lines]
    return [line for line in lines if not operations or line.call.operation in operations]


_LAST: list[Any] = [None, []]
"""The observation that was arranged last, and its calls: every law asks for the same."""


def _arranged(observation: Observation) -> list[CallLine]:
    usage = observation.scenario.usage
    if usage is None:
        return []
    lines = {call.key: CallLine(call=call) for call in usage.calls}
    for event in observation.history:
        if (line := lines.get(event.run)) is not None:
            _note(line, event)
    return list(lines.values())


def _note(line: CallLine, event: Event) -> None:
    line.events.append(event)
    if event.kind is EventKind.RUN_STARTED:
        line.started = event
    elif event.kind is EventKind.RUN_ENDED:
        line.ended = event
    elif event.kind is EventKind.RUN_CANCELLED:
        line.given_up = event
    elif event.kind is EventKind.STAGE_STARTED:
        line.works.append(WorkLine(event.stage, event.attempt, event))
    elif event.kind in WORK_ENDS:
        for work in reversed(line.works):
            if (work.label, work.nth) == (event.stage, event.attempt):
                work.ended = event
                break


def ended_before(one: CallLine, other: CallLine) -> bool:
    """Whether a call had ended before another started, so that the other must see its effect."""
    if one.ended is None or other.started is None:
        return False
    return one.ended.seq < other.started.seq


class ConflictError(Exception):
    """A model says that a call cannot have this answer now."""


Apply = Callable[[Json, CallLine], Json]
"""State and call → the state after it; raises `ConflictError` where the answer does not fit."""


def explained(
    calls: Sequence[CallLine], initial: Json, apply: Apply, *, steps_max: int = 20_000
) -> bool | None:
    """Whether some order of the calls, which keeps the order of those that do not overlap, fits.

    A call that never ended, or was given up, may have had its effect or not: `apply` is asked for
    it as well as left out. States are JSON. After Wing and Gong, "Testing and Verifying Concurrent
    Objects" (1993), with a memory of tried states as in Lowe, "Testing for linearizability" (2017).

    Returns:
        Whether there is one; None when `steps_max` attempts did not tell.
    """
    search = _Orders(tuple(c for c in calls if c.started is not None), apply, steps_max)
    return search.found(frozenset(range(len(search.calls))), initial)


class _Orders:
    def __init__(self, calls: Sequence[CallLine], apply: Apply, steps_max: int) -> None:
        self.calls = calls
        self._apply = apply
        self._left = steps_max
        self._dead: set[tuple[frozenset[int], str]] = set()
        self._before = {
            index: frozenset(i for i, other in enumerate(calls) if ended_before(other, call))
            for index, call in enumerate(calls)
        }

    def found(self, open_calls: frozenset[int], state: Json) -> bool | None:
        """Depth first, over what may come next."""
        stack = [(open_calls, state)]
        while stack:
            left, now = stack.pop()
            certain = {i for i in left if self._is_certain(i)}
            if not certain:
                return True
            if self._left <= 0:
                return None
            self._left -= 1
            place = left, repr(now)
            if place in self._dead:
                continue
            self._dead.add(place)
            stack += self._next(left, now)
        return False

    def _is_certain(self, index: int) -> bool:
        return self.calls[index].outcome in ("returned", "raised")

    def _next(self, left: frozenset[int], now: Json) -> Iterator[tuple[frozenset[int], Json]]:
        for index in sorted(left, reverse=True):
            if self._before[index] & left:
                continue
            rest = left - {index}
            if not self._is_certain(index):
                yield rest, now
            try:
                after = self._apply(now, self.calls[index])
            except ConflictError:
                continue
            yield rest, after


def overlapping(calls: Iterable[CallLine]) -> bool:
    """Whether any two of these calls were under way at the same time."""
    lines = [line for line in calls if line.started is not None]
    return any(
        not ended_before(one, other) and not ended_before(other, one)
        for index, one in enumerate(lines)
        for other in lines[index + 1 :]
    )
