"""A request and a reply as they go over a wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Ending(StrEnum):
    """How a reply ends.

    `COMPLETE`: as it should. `CUT`: the connection is closed before the announced end. `RESET`:
    the connection is reset.
    """

    COMPLETE = "complete"
    CUT = "cut"
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request.

    Attributes:
        method: GET, POST, …
        path: With its query, as it was asked for.
        headers: By lower-case name.
        body: Its bytes.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply, and how it arrives.

    Attributes:
        status: Of the reply.
        headers: By lower-case name; what the server itself adds is not among them.
        chunks: The body, in the pieces in which it is sent.
        wait_ms: Before the first byte.
        gaps_ms: Before each chunk, in turn; chunks beyond them come at once.
        close_ms: Between the last byte and the end.
        ending: How it ends.
        streamed: Its length is not announced; its end is.
        until_close: Neither length nor end are announced: it ends when the connection does.
        announced: The length that is announced, where it is not the body's.
        broken: There is no reply at all, for this reason, such as `connection_refused`; over a
            connection that stands already it is reset instead.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    chunks: tuple[bytes, ...] = ()
    wait_ms: float = 0.0
    gaps_ms: tuple[float, ...] = ()
    close_ms: float = 0.0
    ending: Ending = Ending.COMPLETE
    streamed: bool = False
    until_close: bool = False
    announced: int | None = None
    broken: str = ""

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(self.chunks)

    @property
    def takes_ms(self) -> float:
        """How long it takes until a caller that reads it all has it."""
        closing = self.close_ms if self.until_close else 0.0
        return self.wait_ms + sum(self.gaps_ms[: len(self.chunks)]) + closing

    def with_body(self, body: bytes) -> "Reply":
        """The same reply with another body, in one piece."""
        return replace(self, chunks=(body,) if body else (), gaps_ms=())
