"""A schedule: everything that decides how one execution goes, by meaning, and its file format.

Choices name tasks by spawn path and steps by number, so the same schedule means something on
another release of the code under test, and dropping one choice leaves the others as they are.
"""

import math
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

from production_testers.model.canonical import Json
from production_testers.model.errors import InvalidDocumentError
from production_testers.model.ordering import Hold, Order

FORMAT = "ptest.schedule/1"


class Model(StrEnum):
    """What may vary.

    *Strict*: how long sleeps and calls in threads take, and how sets of tasks iterate. Ready
    callbacks keep asyncio's order, so whatever happens can happen on a stock loop: it is
    *feasible*. *Reordering*: any ready task may go next, too; what only happens then is *latent*.
    """

    STRICT = "strict"
    REORDERING = "reordering"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """A sleep, or a call in a thread, takes longer.

    Attributes:
        task: Spawn path; for a call in a thread, the call's own.
        nth: Which of the task's sleeps, counted from 1.
        seconds: How much longer.
    """

    task: str
    nth: int
    seconds: float


class FaultKind(StrEnum):
    """What can be injected."""

    CANCEL = "cancel"
    RAISE = "raise"
    DROP = "drop"
    DUPLICATE = "duplicate"
    DELAY = "delay"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something goes wrong at one point.

    Attributes:
        kind: What.
        target: Spawn path of the task to cancel, or the port (`package.module:Class.function`)
            whose call raises, is dropped, is made twice or comes late; empty for the clock.
        nth: Before which step of the task, or at which call of the port, counted from 1.
        waiting: A cancellation comes as soon as the task waits before that step; otherwise when
            what it waits for has happened, and the step is about to run.
        error: Import path of the exception that is raised.
        seconds: How late the call comes; by how much the wall clock jumps.
        at_s: When the clock jumps; 0 is a skew from the start.
    """

    kind: FaultKind
    target: str = ""
    nth: int = 1
    waiting: bool = False
    error: str = "builtins:OSError"
    seconds: float = 0.0
    at_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """A distribution that decides how much longer sleeps and calls in threads take.

    Attributes:
        distribution: Its name; see `latencies.DISTRIBUTIONS`.
        seed: Where its choices come from.
        options: Numbers by name.
    """

    distribution: str
    seed: int
    options: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How one execution goes. The default is asyncio's own order and nothing unusual.

    Attributes:
        seed: Where the program's randomness, ids and entropy come from.
        order_seed: Decides how sets of tasks iterate; 0 for the order in which they were spawned.
        order: Strategy for the ready tasks; None for first in, first out.
        latency: Distribution of latencies; None for none.
        picks: What a strategy chose, written down: (task, its step) for each point with a choice;
            an empty name stands for a callback that is no task's.
        holds: Directives that say in words what matters in an order.
        delays: Latencies, stated.
        impatient: Time-outs do not wait for late work that would have met them; see `timers`.
        faults: What goes wrong.
    """

    seed: int = 0
    order_seed: int = 0
    order: Order | None = None
    latency: Latency | None = None
    picks: tuple[tuple[str, int], ...] = ()
    holds: tuple[Hold, ...] = ()
    delays: tuple[Delay, ...] = ()
    impatient: bool = False
    faults: tuple[Fault, ...] = ()

    @property
    def model(self) -> Model:
        """Whether this can happen on a stock loop as it stands."""
        reorders = self.order is not None or self.picks or self.holds
        return Model.REORDERING if reorders else Model.STRICT

    @property
    def size(self) -> int:
        """How many directives it states: holds, delays and faults."""
        return len(self.holds) + len(self.delays) + len(self.faults)

    def as_json(self) -> dict[str, Json]:
        """The schedule as a JSON object of the format `ptest.schedule/1`."""
        members = {name.name: _plain(getattr(self, name.name)) for name in fields(self)}
        return {"format": FORMAT, "model": self.model.value, **members}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value


def read_schedule(raw: Any, *, path: str = "schedule") -> Schedule:
    """Read what `Schedule.as_json` wrote.

    Raises:
        InvalidDocumentError: Another format, or something is missing, unknown or of another type.
    """
    if not isinstance(raw, Mapping) or raw.get("format") != FORMAT:
        found = raw.get("format") if isinstance(raw, Mapping) else raw
        raise InvalidDocumentError(path, (f"format: {found!r} is not {FORMAT!r}",))
    try:
        members = {name: value for name, value in raw.items() if name not in ("format", "model")}
        schedule: Schedule = _record(Schedule, members, whole=True)
    except (TypeError, ValueError) as error:
        raise InvalidDocumentError(path, (str(error),)) from error
    if raw.get("model") != schedule.model.value:
        problem = f"model: {raw.get('model')!r}, but what it says is {schedule.model.value!r}"
        raise InvalidDocumentError(path, (problem,))
    return schedule


def _record(kind: Any, raw: Any, place: str = "", *, whole: bool = False) -> Any:
    """A dataclass from a JSON object; `whole` means that no member may be left out."""
    if not isinstance(raw, Mapping):
        raise TypeError(f"{place or kind.__name__}: {raw!r} is no object")
    hints = get_type_hints(kind)
    prefix = f"{place}." if place else ""
    if unknown := sorted(set(raw) - set(hints)):
        raise ValueError(f"{prefix}{unknown[0]}: there is no such member")
    needed = {f.name for f in fields(kind) if whole or f.default is f.default_factory is MISSING}
    if missing := sorted(needed - set(raw)):
        raise ValueError(f"{prefix}{missing[0]}: it is missing")
    return kind(**{n: _value(hints[n], value, f"{prefix}{n}") for n, value in raw.items()})


def _value(hint: Any, raw: Any, place: str) -> Any:
    """What a member of the type `hint` is, from JSON."""
    origin, arguments = get_origin(hint), get_args(hint)
    if type(None) in arguments:
        return None if raw is None else _value(arguments[0], raw, place)
    if origin is tuple and isinstance(raw, list | tuple):
        kinds = arguments if arguments[-1] is not Ellipsis else arguments[:1] * len(raw)
        if len(kinds) == len(raw):
            pairs = enumerate(zip(kinds, raw, strict=True))
            return tuple(_value(kind, one, f"{place}[{n}]") for n, (kind, one) in pairs)
    if origin is Mapping and isinstance(raw, Mapping):
        return {name: _value(arguments[1], one, f"{place}.{name}") for name, one in raw.items()}
    return _record(hint, raw, place) if is_dataclass(hint) else _scalar(hint, raw, place)


def _scalar(hint: Any, raw: Any, place: str) -> Any:
    if hint is FaultKind and raw in tuple(FaultKind):
        return FaultKind(raw)
    kinds = (float, int) if hint is float else (hint,)
    if type(raw) not in kinds or (type(raw) is float and not math.isfinite(raw)):
        raise TypeError(f"{place}: {raw!r} is not what belongs there")
    return raw


def in_words(schedule: Schedule) -> tuple[str, ...]:
    """What a schedule says, one sentence a directive, for somebody who knows the program."""
    words = [hold.in_words() for hold in schedule.holds]
    words += [_delay_in_words(delay) for delay in schedule.delays]
    words += [_fault_in_words(fault) for fault in schedule.faults]
    if schedule.impatient:
        words.append("Time-outs do not wait for work that is late.")
    if schedule.order_seed:
        words.append(f"Sets of tasks iterate in the order of seed {schedule.order_seed}.")
    if schedule.order is not None:
        words.append(f"Ready tasks go by {schedule.order.strategy}, seed {schedule.order.seed}.")
    if schedule.latency is not None:
        latency = schedule.latency
        words.append(f"Sleeps take longer by {latency.distribution}, seed {latency.seed}.")
    if schedule.picks:
        words.append(f"{len(schedule.picks)} choices of the next task, as recorded.")
    return tuple(words)


def _delay_in_words(delay: Delay) -> str:
    what = f"Sleep {delay.nth} of task {delay.task}"
    if delay.task.rpartition("/")[2].startswith("thread["):
        what = f"Call {delay.task} in a thread"
    return f"{what} takes {milliseconds(delay.seconds)} longer."


def milliseconds(seconds: float) -> str:
    """A duration as people write it."""
    return f"{seconds * 1000:,.3f}".rstrip("0").rstrip(".") + " ms"


def _fault_in_words(fault: Fault) -> str:
    nth = f"call {fault.nth} of {fault.target}"
    match fault.kind:
        case FaultKind.CANCEL:
            moment = "while it waits" if fault.waiting else "when it is about to run"
            return f"Cancel task {fault.target} before its step {fault.nth}, {moment}."
        case FaultKind.RAISE:
            return f"Raise {fault.error.rpartition(':')[2]} at {nth}."
        case FaultKind.DROP:
            return f"Drop {nth}."
        case FaultKind.DUPLICATE:
            return f"Make {nth} twice."
        case FaultKind.DELAY:
            return f"Let {nth} come {milliseconds(fault.seconds)} late."
        case FaultKind.CLOCK:
            where = "ahead" if fault.seconds >= 0 else "behind"
            when = f"from {milliseconds(fault.at_s)} on" if fault.at_s else "from the start"
            return f"The wall clock is {milliseconds(abs(fault.seconds))} {where} {when}."
