"""What happened to one instance of a team's application, for the team's own invariants.

Standard library only.
"""

from collections import deque
from collections.abc import Mapping
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
        self, request: Json, service: str, method: str, arguments: Mapping[str, Any], gave: Any
    ) -> None:
        """Add one."""
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
