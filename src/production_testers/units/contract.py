"""What a unit is: a part of a framework that callers use on its own, in neutral words.

A unit has operations with arguments, and settings. A framework's adapter binds it to the
framework's own objects; the reference binds it to something small and obviously right. Laws speak
about the calls, whoever answers them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage


def anything(_usage: Usage) -> bool:
    """Accepts every usage."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What callers may ask a unit to do.

    Attributes:
        does: In one sentence, what a caller may expect.
        required: Arguments that have to be there.
        fixed: Arguments that are not to be simplified: other values of the same type would mean
            something else (names of kinds, texts in a grammar).
        capability: What a framework must offer for it; the unit's own where None.
        waits: It may wait for another call for as long as that takes.
        sets_context: It is there to set context variables of its caller.
    """

    does: str
    required: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    capability: Capability | None = None
    waits: bool = False
    sets_context: bool = False


def nobody(_usage: Usage) -> frozenset[str]:
    """All work is done here."""
    return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A part of a framework that is used on its own.

    Attributes:
        name: As scenarios name it.
        does: In one sentence, what it is for.
        capability: What a framework must offer to have it.
        operations: By name.
        draw: Usages of a kind, from a seeded source; they keep the unit's contract.
        accepts: Whether a usage keeps the contract, beyond the names of operations and arguments:
            a smaller scenario must not break a law because it is no longer a proper use.
        fixed: Settings that are not to be simplified.
        background: Labels of the caller's own code that may go on after the call that started it.
        elsewhere: Owners of labels that are work of another process: whoever asked for it and has
            gone cannot stop it.
    """

    name: str
    does: str
    capability: Capability
    operations: Mapping[str, Operation]
    draw: Callable[[Random, Kind], Usage]
    accepts: Callable[[Usage], bool] = anything
    fixed: tuple[str, ...] = ()
    background: frozenset[str] = frozenset()
    elsewhere: Callable[[Usage], frozenset[str]] = nobody

    def is_proper(self, usage: Usage) -> bool:
        """Whether every call names an operation of the unit with what it requires."""
        for call in usage.calls:
            operation = self.operations.get(call.operation)
            if operation is None or any(name not in call.arguments for name in operation.required):
                return False
        return bool(usage.calls) and self.accepts(usage)

    def needs(self, usage: Usage) -> frozenset[Capability]:
        """What a framework must offer for the usage to mean anything on it."""
        own = {self.operations[call.operation].capability for call in usage.calls}
        return frozenset({self.capability, *(capability for capability in own if capability)})
