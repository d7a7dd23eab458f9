"""What a kind of fault is: what it does, where it can be, with which parameters, how it ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any

from production_testers.mocks.services.contract import ServiceError
from production_testers.mocks.wire.messages import Reply
from production_testers.model.canonical import Json
from production_testers.model.fault_plan import Place


class Layer(StrEnum):
    """Where in a system a fault comes from."""

    TRANSPORT = "transport"
    PROTOCOL = "protocol"
    SEMANTIC = "semantic"
    STAGE = "stage"
    INFRASTRUCTURE = "infrastructure"


class Way(StrEnum):
    """How a pipeline runs when the fault happens.

    *Simulated*: in one process, in virtual time, nothing outside of it is touched. *Real*: over
    sockets, in processes, on a machine, in wall-clock time.
    """

    SIMULATED = "simulated"
    REAL = "real"


BOTH = frozenset(Way)
SIMULATED = frozenset({Way.SIMULATED})
REAL = frozenset({Way.REAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """A parameter of a kind of fault.

    Attributes:
        default: Where a rule does not state it.
        what: What it is, with its unit.
        low: The smallest number; what a distribution draws is brought into the range.
        high: The largest number.
        choices: The texts it may be, where it is a choice.
        whole: It is a whole number; what a distribution draws is rounded down.
    """

    default: Json
    what: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    whole: bool = False


def milliseconds(default: float, what: str, *, high: float = 3_600_000) -> Param:
    """A duration."""
    return Param(default=default, what=f"{what}, milliseconds", low=0, high=high)


def share(default: float, what: str) -> Param:
    """A part of a whole."""
    return Param(default=default, what=f"{what}, from 0 to 1", low=0, high=1)


def whole(default: int, what: str, *, low: int = 0, high: int = 1_000_000_000) -> Param:
    """A whole number."""
    return Param(default=default, what=what, low=low, high=high, whole=True)


def choice(what: str, *choices: str) -> Param:
    """One of some texts; the first is the default."""
    return Param(default=choices[0], what=what, choices=choices)


def text(default: str, what: str) -> Param:
    """Any text."""
    return Param(default=default, what=what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One occasion at which a fault happens, as its effect is given it.

    Attributes:
        service: Which service was called, or which stage runs.
        operation: Which operation.
        payload: With what.
        params: The drawn parameters.
        random: Belongs to this fault at this occasion alone.
    """

    service: str
    operation: str
    payload: Mapping[str, Json]
    params: Mapping[str, Any]
    random: Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of fault. At a service, at least one effect is stated.

    Attributes:
        name: As plans call it.
        layer: Where it comes from.
        what: What it does, in a sentence.
        ends: When it is over.
        places: Place → ways to run in which it can be there.
        params: Name → parameter.
        at: Operations it can be at, as `service.operation` patterns; empty for every one.
        before_ms: How long the request takes to arrive.
        refuse: The reply of a service that is not reached.
        error: The refusal of a service whose resource is gone; it is not reached either.
        crash: The service loses what it did not keep, before anything else.
        first: An operation that the service does before, and the members of the payload it gets.
        request: What becomes of the request's payload.
        again: How often the request arrives beside the first time.
        answer: What becomes of the answer.
        reply: What becomes of the reply, as it goes over the wire.
    """

    name: str
    layer: Layer
    what: str
    ends: str = "With the call that it happened to."
    places: Mapping[Place, frozenset[Way]]
    params: Mapping[str, Param] = field(default_factory=dict)
    at: tuple[str, ...] = ()
    before_ms: Callable[[Moment], float] | None = None
    refuse: Callable[[Moment], Reply] | None = None
    error: Callable[[Moment], ServiceError] | None = None
    crash: bool = False
    first: tuple[str, tuple[str, ...]] | None = None
    request: Callable[[Moment], Mapping[str, Json]] | None = None
    again: int = 0
    answer: Callable[[Moment, Any], Any] | None = None
    reply: Callable[[Moment, Reply], Reply] | None = None

    @property
    def ways(self) -> frozenset[Way]:
        """The ways to run in which it can be anywhere."""
        return frozenset(way for ways in self.places.values() for way in ways)

    @property
    def on_the_wire(self) -> bool:
        """Whether a call that it happens to has to be encoded."""
        return self.reply is not None or self.refuse is not None


def only_with(member: str, change: Callable[[Moment, Any], Any]) -> Callable[[Moment, Any], Any]:
    """The change, of answers that have the member: another fault may have taken it away."""

    def changed(moment: Moment, answer: Any) -> Any:
        fits = isinstance(answer, Mapping) and member in answer
        return change(moment, answer) if fits else answer

    return changed


AT_SERVICE: Mapping[Place, frozenset[Way]] = {Place.SERVICE: BOTH}
