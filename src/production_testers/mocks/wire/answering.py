"""HTTP/1.1 on a connection's other end, in bytes: for a simulation's wires and for real transports.

Just enough of RFC 9112 for the clients that applications use: requests one after the other on a
connection, bodies of a stated length or in chunks, replies that end as a fault says. Standard
library only, because it works beside the application.
"""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Protocol

from production_testers.mocks.wire.messages import Ending, Reply, Request

_END = b"\r\n\r\n"


class End(Protocol):
    """What a reply is written to."""

    def deliver(self, data: bytes) -> None:
        """Some bytes."""

    def hang_up(self, error: Exception | None = None) -> None:
        """The connection is over."""


class HttpPeer:
    """Answers the requests of one connection.

    Args:
        exchange: Gives the reply to a request; a `ConnectionError` resets the connection.
    """

    def __init__(self, exchange: Callable[[Request], Awaitable[Reply]]) -> None:
        self._exchange = exchange
        self._buffer = b""
        self._task: asyncio.Task[None] | None = None

    def received(self, wire: End, data: bytes) -> None:
        """Bytes of a request; once it is whole it is answered, in the task of whoever sent it."""
        self._buffer += data
        self._go_on(wire)

    def closed(self) -> None:
        """Nobody waits for the answer any more."""
        if self._task is not None:
            self._task.cancel()

    def _go_on(self, wire: End) -> None:
        if self._task is None or self._task.done():
            request, self._buffer = taken(self._buffer)
            if request is not None:
                answering = self._answer(wire, request)
                self._task = asyncio.get_running_loop().create_task(answering)

    async def _answer(self, wire: End, request: Request) -> None:
        try:
            reply = await self._exchange(request)
        except ConnectionError as error:
            wire.hang_up(ConnectionResetError(str(error)))
            return
        await asyncio.sleep(reply.wait_ms / 1000)
        by_hand = reply.until_close or reply.ending is not Ending.COMPLETE or bool(reply.broken)
        if not reply.broken:
            wire.deliver(head_of(reply, closes=by_hand))
            for number, chunk in enumerate(reply.chunks):
                if number < len(reply.gaps_ms):
                    await asyncio.sleep(reply.gaps_ms[number] / 1000)
                wire.deliver(_chunk(chunk) if reply.streamed and not by_hand else chunk)
            if reply.streamed and not by_hand:
                wire.deliver(_chunk(b""))
        if by_hand:
            await asyncio.sleep(reply.close_ms / 1000)
            reset = bool(reply.broken) or reply.ending is Ending.RESET
            wire.hang_up(ConnectionResetError(reply.broken or "reset") if reset else None)
            return
        self._task = None
        self._go_on(wire)


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def head_of(reply: Reply, *, closes: bool) -> bytes:
    """Status and headers.

    Args:
        reply: The reply.
        closes: Whether the connection ends with it.
    """
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    lines += ["connection: close"] if closes else []
    if reply.streamed and not closes:
        lines.append("transfer-encoding: chunked")
    elif not reply.until_close:
        length = len(reply.body) if reply.announced is None else reply.announced
        lines.append(f"content-length: {length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def taken(buffer: bytes) -> tuple[Request | None, bytes]:
    """The first whole request in some bytes, and what comes after it."""
    head, found, rest = buffer.partition(_END)
    if not found:
        return None, buffer
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _version = first.split(" ", 2)
    headers = {
        name.lower(): value.strip() for name, _, value in (li.partition(":") for li in lines)
    }
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body, after = _dechunked(rest)
        if body is None:
            return None, buffer
    else:
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return None, buffer
        body, after = rest[:length], rest[length:]
    return Request(method=method, path=path, headers=headers, body=body), after


def _dechunked(rest: bytes) -> tuple[bytes | None, bytes]:
    body = b""
    while True:
        size, found, rest = rest.partition(b"\r\n")
        if not found:
            return None, rest
        length = int(size.partition(b";")[0], 16)
        if len(rest) < length + 2:
            return None, rest
        body, rest = body + rest[:length], rest[length + 2 :]
        if length == 0:
            return body, rest


class PeerProtocol(asyncio.Protocol):
    """The same over a real transport.

    Args:
        peer: Answers.
    """

    def __init__(self, peer: HttpPeer) -> None:
        self._peer = peer
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The client is there."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes of a request."""
        self._peer.received(self, data)

    def connection_lost(self, _error: Exception | None) -> None:
        """The client is gone."""
        self._peer.closed()

    def deliver(self, data: bytes) -> None:
        """Bytes of a reply."""
        self._transport.write(data)

    def hang_up(self, error: Exception | None = None) -> None:
        """End the connection: in order, or at once."""
        if error is None:
            self._transport.close()
        else:
            self._transport.abort()
