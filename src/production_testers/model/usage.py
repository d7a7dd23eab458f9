"""What callers do with a unit: a part of a framework that is used without a pipeline."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from production_testers.model.canonical import Json

LAST = "last"
"""The client that calls when every other one has made its calls: it closes what is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the caller's own code does when a unit calls it back, once.

    Attributes:
        ms: How long it takes.
        raises: Name of the error that it ends with; empty when it succeeds.
        gives: What it gives back; None for a value that names the call and the work.
        hangs: It never ends of its own accord.
        spoils: What becomes of what it gives back: a name of `SPOILINGS`; empty for nothing.
        late: What goes wrong goes wrong once the work is done: only its answer is lost, or late.
    """

    ms: float = 1.0
    raises: str = ""
    gives: Json = None
    hangs: bool = False
    spoils: str = ""
    late: bool = False


SPOILINGS = ("empty", "truncated", "wrong_type", "none")
"""Ways in which an answer can be bad: nothing in it, half of it, another type, None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a unit's operation.

    Attributes:
        key: Names the call; unique in its usage.
        client: Who calls. The calls of one client follow each other, those of several overlap.
        operation: Which of the unit's operations.
        arguments: What it is given.
        after_ms: How long its client waits before.
        cancel_after_ms: When its client gives up, from the call's start; None for never.
        works: Label of the caller's own code → what it does, by execution; the last one repeats.
    """

    key: str
    client: str
    operation: str
    arguments: Mapping[str, Json] = field(default_factory=dict)
    after_ms: float = 0.0
    cancel_after_ms: float | None = None
    works: Mapping[str, tuple[Work, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What is done with one instance of a unit.

    Attributes:
        unit: Name of the unit, one of `production_testers.units.UNITS`.
        settings: What the instance is made with.
        calls: What callers do, in the order of each client.
        first: Client whose calls have all ended before those of the others begin, on an instance
            of its own; empty for none.
    """

    unit: str
    settings: Mapping[str, Json] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    first: str = ""

    def call(self, key: str) -> Call:
        """The call of that key.

        Raises:
            KeyError: There is none.
        """
        for call in self.calls:
            if call.key == key:
                return call
        raise KeyError(key)

    def clients(self) -> dict[str, tuple[Call, ...]]:
        """Client → its calls, in order."""
        found: dict[str, list[Call]] = {}
        for call in self.calls:
            found.setdefault(call.client, []).append(call)
        return {client: tuple(calls) for client, calls in found.items()}
