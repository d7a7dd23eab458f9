"""The services over HTTP: the same host that answers in one process, behind a socket.

    GET /ptest/health     {"status": "up"}
    GET /ptest/firings    the faults that have happened
    GET /ptest/ledger     what calls of models have cost

An ordinary reply is aiohttp's. One that a fault disturbs is written to the connection by hand:
only so can it be cut, reset or closed late.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import web

from production_testers.mocks.host import Host
from production_testers.mocks.wire.messages import Ending, Reply, Request
from production_testers.model.errors import UsageError

BODY_MAX = 64 * 1024 * 1024
_LINGER_ZERO = struct.pack("ii", 1, 0)

Exchange = Callable[[Request], Awaitable[Reply]]


def application(host: Host) -> web.Application:
    """The web application that answers for a host."""
    app = web.Application(client_max_size=BODY_MAX)

    async def health(_request: web.Request) -> web.Response:
        """Which services are there."""
        return web.json_response({"status": "up", "services": sorted(host.services)})

    async def firings(_request: web.Request) -> web.Response:
        """Which faults have fired."""
        return web.json_response([firing.as_json() for firing in host.firings])

    async def ledger(_request: web.Request) -> web.Response:
        """What calls cost."""
        return web.json_response(host.ledger.as_json())

    async def elsewhere(_request: web.Request) -> web.Response:
        """Where a redirect leads: on, to itself."""
        return web.Response(status=302, headers={"location": "/ptest/elsewhere"})

    async def anything(request: web.Request) -> web.StreamResponse:
        """Whatever the services themselves answer."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        asked = Request(method=request.method, path=request.path_qs, headers=headers, body=body)
        return await _send(request, await host.exchange(asked))

    app.router.add_get("/ptest/health", health)
    app.router.add_get("/ptest/firings", firings)
    app.router.add_get("/ptest/ledger", ledger)
    app.router.add_route("*", "/ptest/elsewhere", elsewhere)
    app.router.add_route("*", "/{path:.*}", anything)
    return app


async def _send(request: web.Request, reply: Reply) -> web.StreamResponse:
    if reply.wait_ms:
        await asyncio.sleep(reply.wait_ms / 1000)
    by_hand = reply.broken or reply.until_close or reply.ending is not Ending.COMPLETE
    if by_hand:
        await _by_hand(request, reply)
        return web.Response()  # goes nowhere: the connection is closed
    if not reply.streamed and not reply.gaps_ms:
        return web.Response(status=reply.status, headers=reply.headers, body=reply.body)
    response = web.StreamResponse(status=reply.status, headers=reply.headers)
    if not reply.streamed:
        response.content_length = len(reply.body)
    await response.prepare(request)
    for number, chunk in enumerate(reply.chunks):
        if number < len(reply.gaps_ms) and reply.gaps_ms[number]:
            await asyncio.sleep(reply.gaps_ms[number] / 1000)
        await response.write(chunk)
    await response.write_eof()
    return response


async def _by_hand(request: web.Request, reply: Reply) -> None:
    """Write a reply as it is, and end the connection as it says."""
    transport = request.transport
    if transport is None or transport.is_closing():
        return
    assert isinstance(transport, asyncio.Transport)
    if not reply.broken:
        transport.write(_head(reply))
        for number, chunk in enumerate(reply.chunks):
            if number < len(reply.gaps_ms):
                await asyncio.sleep(reply.gaps_ms[number] / 1000)
            transport.write(chunk)
    if reply.close_ms:
        await asyncio.sleep(reply.close_ms / 1000)
    if reply.broken or reply.ending is Ending.RESET:
        while transport.get_write_buffer_size():  # noqa: ASYNC110 - nobody tells when it is empty
            await asyncio.sleep(0.001)
        reset(transport)
    else:
        transport.close()


def _head(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}", "connection: close"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    if not reply.until_close:
        length = len(reply.body) if reply.announced is None else reply.announced
        lines.append(f"content-length: {length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def reset(transport: asyncio.WriteTransport) -> None:
    """End a connection with a reset (RST) instead of an orderly close."""
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    transport.abort()


@asynccontextmanager
async def serving(host: Host, *, port: int = 0, address: str = "127.0.0.1") -> AsyncIterator[str]:
    """Serve a host in the running loop; gives the address, as `http://127.0.0.1:8080`.

    Args:
        host: Who answers.
        port: Where; 0 for a free one.
        address: Of the interface.

    Raises:
        UsageError: The port cannot be had.
    """
    runner = web.AppRunner(application(host), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, address, port)
        try:
            await site.start()
        except OSError as error:
            raise UsageError(
                f"Cannot listen at {address}:{port}: {error.strerror}.", do="Choose another port."
            ) from error
        bound = runner.addresses[0][1]
        yield f"http://{address}:{bound}"
    finally:
        await runner.cleanup()
