"""HTTP/1.1 targets: requests written to raw connections, answers read by httptools.

A connection has one request under way at a time; idle ones are used again, and a new one is
opened when none is idle. Runs in this package's own environment, never beside a framework.
"""

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import cast
from urllib.parse import urlsplit

import httptools

from production_testers.load.worker.callables import limited
from production_testers.load.worker.closed_loop import Operation
from production_testers.model.errors import UsageError

_FAILED_FROM = 400

Ended = Callable[[BaseException | None], None]


class HttpStatusError(Exception):
    """The answer's status is 400 or above."""


class ConnectionLostError(Exception):
    """The connection ended before the answer did."""


@contextlib.asynccontextmanager
async def opened(
    url: str,
    method: str,
    headers: list[list[str]],
    body: str,
    timeout_s: float | None,
) -> AsyncIterator[Operation]:
    """The request, ready to be sent.

    Raises:
        UsageError: The address cannot be used, or nobody answers there.
    """
    client = Client(url, request_bytes(url, method, headers, body.encode()), method == "HEAD")
    try:
        try:
            first = await asyncio.wait_for(client.connect(), 10)
        except (OSError, TimeoutError) as error:
            reason = str(error) or "no answer in 10 s"
            raise UsageError(f"--url {url}: no connection: {reason}.") from error
        client.idle.append(first)
        yield limited(client, timeout_s)
    finally:
        client.close()


def request_bytes(url: str, method: str, headers: list[list[str]], body: bytes) -> bytes:
    """The request as it goes over the wire."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    given = {name.lower() for name, _ in headers}
    lines = [f"{method} {path} HTTP/1.1"]
    if "host" not in given:
        lines.append(f"Host: {parts.netloc.rpartition('@')[2]}")
    if body or method in {"POST", "PUT", "PATCH"}:
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Client:
    """Connections to one address."""

    def __init__(self, url: str, request: bytes, is_head: bool) -> None:  # noqa: FBT001
        parts = urlsplit(url)
        self._is_head = is_head
        self._host = parts.hostname or ""
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)
        self._request = request
        self._every: set[_Connection] = set()
        self.idle: deque[_Connection] = deque()

    async def __call__(self) -> None:
        """Send one request and read its answer.

        Raises:
            HttpStatusError: The answer is a failure.
            ConnectionLostError: There is no whole answer.
            OSError: No connection can be opened.
        """
        connection = self._idle() or await self.connect()
        try:
            status = await connection.exchange(self._request)
        except asyncio.CancelledError:
            connection.close()
            raise
        self.take_back(connection)
        if status >= _FAILED_FROM:
            raise HttpStatusError(str(status))

    def begin(self, ended: Ended) -> "Exchange | None":
        """Send one request without a task of its own; None where no connection is idle.

        Nothing of the user's runs here, so nothing could leak from one operation to another.

        Args:
            ended: Told once how it ended: None, or what `__call__` would raise.
        """
        connection = self._idle()
        if connection is None:
            return None
        exchange = Exchange(self, connection, ended)
        connection.send(self._request, exchange)
        return exchange

    def _idle(self) -> "_Connection | None":
        idle = self.idle
        while idle:
            connection = idle.pop()
            if not connection.is_closed:
                return connection
        return None

    def take_back(self, connection: "_Connection") -> None:
        """An answer is there as a whole: its connection is idle, where the server keeps it."""
        if connection.can_be_used_again:
            self.idle.append(connection)
        else:
            connection.close()

    async def connect(self) -> "_Connection":
        """A new connection."""
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_connection(
            lambda: _Connection(self._every, self._is_head), self._host, self._port, ssl=self._tls
        )
        self._every.add(protocol)
        return protocol

    def close(self) -> None:
        """Close every connection."""
        for connection in list(self._every):
            connection.close()


class Exchange:
    """A request under way without a task; it takes the place of a future of the status."""

    __slots__ = ("_client", "_connection", "_ended", "_is_done")

    def __init__(self, client: Client, connection: "_Connection", ended: Ended) -> None:
        self._client = client
        self._connection = connection
        self._ended = ended
        self._is_done = False

    def done(self) -> bool:
        """Whether it has ended."""
        return self._is_done

    def set_result(self, status: int) -> None:
        """The answer is there."""
        self._is_done = True
        self._client.take_back(self._connection)
        self._ended(HttpStatusError(str(status)) if status >= _FAILED_FROM else None)

    def set_exception(self, error: BaseException) -> None:
        """There will be no answer."""
        self._is_done = True
        self._ended(error)

    def cancel(self) -> None:
        """Wait for the answer no longer."""
        if not self._is_done:
            self._is_done = True
            self._connection.close()
            self._ended(asyncio.CancelledError())


class _Connection(asyncio.Protocol):
    """One connection; httptools calls its `on_…` methods."""

    def __init__(self, every: "set[_Connection]", is_head: bool) -> None:  # noqa: FBT001
        self._every = every
        self._is_head = is_head
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | Exchange | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._loop = asyncio.get_running_loop()
        self._length_told = False
        self.is_closed = False
        self.can_be_used_again = False

    def exchange(self, request: bytes) -> "asyncio.Future[int]":
        """Send a request; the future gets the status when the answer is there as a whole."""
        answer: asyncio.Future[int] = self._loop.create_future()
        self.send(request, answer)
        return answer

    def send(self, request: bytes, answer: "asyncio.Future[int] | Exchange") -> None:
        """Send a request whose status, or error, is put into `answer`."""
        self._answer = answer
        cast("asyncio.Transport", self._transport).write(request)

    def close(self) -> None:
        """Close it now."""
        self.is_closed = True
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Part of asyncio's protocol."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Part of asyncio's protocol."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(f"the answer is no HTTP: {error}")
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Part of asyncio's protocol."""
        self.is_closed = True
        self._every.discard(self)
        if self._answer is not None and not self._length_told and exc is None and self._begun:
            self._end()  # an answer without a length ends with its connection
        self._fail(str(exc) if exc else "closed by the server")

    _begun = False

    def on_message_begin(self) -> None:
        """Part of httptools' protocol."""
        self._begun = False
        self._length_told = False

    def on_header(self, name: bytes, _value: bytes) -> None:
        """Part of httptools' protocol."""
        if len(name) in {14, 17} and name.lower() in {b"content-length", b"transfer-encoding"}:
            self._length_told = True

    def on_headers_complete(self) -> None:
        """Part of httptools' protocol; it cannot know that the answer to HEAD has no body."""
        self._begun = True
        if self._is_head:
            self._end(reused=False)

    def on_message_complete(self) -> None:
        """Part of httptools' protocol; answers of the 100s come before the real one."""
        if self._parser.get_status_code() >= 200:
            self._end(reused=self._parser.should_keep_alive())

    def _end(self, *, reused: bool = False) -> None:
        answer, self._answer = self._answer, None
        self.can_be_used_again = reused
        if answer is not None and not answer.done():
            answer.set_result(self._parser.get_status_code())

    def _fail(self, reason: str) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(ConnectionLostError(reason))
