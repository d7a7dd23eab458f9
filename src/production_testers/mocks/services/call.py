"""One call of a service: its operation, its payload read with checks, and its randomness."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from production_testers.mocks.services.contract import ServiceError
from production_testers.model.canonical import Json


@dataclass(slots=True)
class Call:
    """What an operation is given.

    Every reader raises `ServiceError("bad_request")` when the member is missing and has no
    default, or is of another type.

    Attributes:
        operation: The name it was called by.
        payload: The arguments.
        random: Belongs to this call alone.
    """

    operation: str
    payload: Mapping[str, Json]
    random: Random

    def text(self, key: str, default: str | None = None) -> str:
        """A member that is text."""
        value = self.payload.get(key, default)
        if isinstance(value, str):
            return value
        raise self.refused(key, "text", value)

    def integer(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """A member that is a whole number of at least `least`."""
        value = self.payload.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        raise self.refused(key, f"a whole number of at least {least}", value)

    def flag(self, key: str) -> bool:
        """A member that is true or false; false when it is missing."""
        value = self.payload.get(key, False)
        if isinstance(value, bool):
            return value
        raise self.refused(key, "true or false", value)

    def mapping(self, key: str, default: Mapping[str, Json] | None = None) -> Mapping[str, Json]:
        """A member that is an object."""
        value = self.payload.get(key, default)
        if isinstance(value, Mapping):
            return value
        raise self.refused(key, "an object", value)

    def sequence(self, key: str, default: Sequence[Json] | None = None) -> Sequence[Json]:
        """A member that is a list."""
        value = self.payload.get(key, default)
        if type(value) is list or (isinstance(value, Sequence) and not isinstance(value, str)):
            return value
        raise self.refused(key, "a list", value)

    def refused(self, key: str, wanted: str, seen: object) -> ServiceError:
        """The error that says what was wanted of a member and what was seen."""
        shown = "nothing" if seen is None else repr(seen)[:80]
        return ServiceError(
            "bad_request", f"{self.operation}: {key!r} must be {wanted}, not {shown}."
        )


Operation = Callable[[Call], Json]


def dispatch(service: str, operations: Mapping[str, Operation], call: Call) -> Json:
    """Answer a call with the operation of its name.

    Raises:
        ServiceError: `unknown_operation`, or what the operation raises.
    """
    operation = operations.get(call.operation)
    if operation is None:
        known = ", ".join(sorted(operations))
        raise ServiceError(
            "unknown_operation", f"{service} has no {call.operation!r}; it has {known}."
        )
    return operation(call)


def copied(value: Json) -> Json:
    """A copy that shares nothing with `value`, so that callers cannot reach a service's state.

    Raises:
        ServiceError: `bad_request`, when it holds something that JSON cannot say.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: copied(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [copied(member) for member in value]
    raise ServiceError("bad_request", f"{type(value).__name__} is no JSON value.")
