"""What a mock service is, and how it says no."""

from collections.abc import Mapping
from random import Random
from typing import Protocol

from production_testers.model.canonical import Json


class ServiceError(Exception):
    """The answer of a service that refuses: data for a history, not an accident of ours.

    Args:
        code: What callers branch on: `rate_limited`, `not_found`, `conflict`, `bad_request` …
        message: What is wrong, with the value seen.
        retryable: The same call may succeed later.
        details: More for machines, such as `retry_after_ms`.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retryable: bool = False,
        details: Mapping[str, Json] | None = None,
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.retryable = retryable
        self.details = dict(details or {})

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    def as_json(self) -> dict[str, Json]:
        """The error as it stands in a history."""
        return {
            "code": self.code,
            "message": self.message,
            "retryable": self.retryable,
            "details": self.details,
        }


class Service(Protocol):
    """A service that a pipeline calls by name.

    `handle` is synchronous and a function of (state, operation, payload, random): it reads no
    clock and no global state, opens no socket and starts no thread. The harness puts latency,
    faults and history around it. A service that needs the time has an attribute `now`, into which
    whoever hosts it puts a function that gives milliseconds since the start.

    Attributes:
        name: How errors call it.
    """

    name: str

    def handle(self, operation: str, payload: Mapping[str, Json], random: Random) -> Json:
        """Do one operation.

        Args:
            operation: One of those the service knows.
            payload: Its arguments; never kept, never changed.
            random: Belongs to this call alone.

        Raises:
            ServiceError: The service refuses; `unknown_operation` names the known ones.
        """


def stopped_clock() -> float:
    """The time for a service that nobody hosts: it is always the start."""
    return 0.0
