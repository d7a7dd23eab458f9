"""What happened to one instance of a team's application, for the team's own invariants.

Standard library only.
"""

from collections import deque
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.target_values import plain

KEPT = 1_000
"""Entries that are kept, the last ones: an application is judged by the memory that it keeps."""


class Happened:
    """Answers of services and of requests, in order.

    An entry is `{"request", "service", "method", "arguments", "answer"}`, with `error` in place of
    `answer` where one was raised; of a request itself service and method are empty.
    """

    def __init__(self) -> None:
        self._entries: deque[dict[str, Json]] = deque(maxlen=KEPT)

    def add(
        self, request: Json, gave: Any, call: tuple[str, str, Mapping[str, Any]] | None = None
    ) -> None:
        """Add one.

        Args:
            request: What was asked of the application.
            gave: The answer, or the error that was raised.
            call: Service, method and arguments of its call; None for the request itself.
        """
        service, method, arguments = call or ("", "", {})
        how = "error" if isinstance(gave, BaseException) else "answer"
        value = f"{type(gave).__name__}: {gave}" if how == "error" else plain(gave)
        self._entries.append(
            {
                "request": plain(request),
                "service": service,
                "method": method,
                "arguments": plain(arguments),
                how: value,
            }
        )

    def entries(self) -> list[dict[str, Json]]:
        """All that are kept."""
        return list(self._entries)


HAPPENING: ContextVar[tuple[Happened, Json]] = ContextVar("ptest_happening")
"""What happened to the instance that the current task works for, and its request."""


def happened(service: str, method: str, arguments: Mapping[str, Any], gave: Any) -> None:
    """Add what a service answered to the request that the current task works for, if to any."""
    if (known := HAPPENING.get(None)) is not None:
        known[0].add(known[1], gave, (service, method, arguments))
