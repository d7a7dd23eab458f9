"""Mock services where an application's own settings lead: it speaks HTTP to them, with its client.

In a simulation they answer inside of it: the application's client is connected to them in memory,
and a hung service costs no time. Real executions reach the same answers over loopback.
"""

import asyncio
import json
import os
import socket
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from production_testers.mocks.host import Host
from production_testers.mocks.stock import stock_services
from production_testers.mocks.wire.answering import HttpPeer, PeerProtocol
from production_testers.mocks.wire.messages import Reply, Request
from production_testers.model.canonical import digest
from production_testers.model.target import MockSpec, Target
from production_testers.simulation import SimulatedLoop
from production_testers.suts.contract import Bench
from production_testers.suts.targets import AT_WORK, STAGE, given_by

HOST = "127.0.0.1"
Answer = Callable[[str, str, Mapping[str, str], bytes], Awaitable[tuple[int, Any]]]

FAILS_WITH: Mapping[str, int] = {"RuntimeError": 500, "TimeoutError": 504}
"""What a stated fault becomes over HTTP; a broken connection stays one."""


class MockServer:
    """One mock service of an application.

    Args:
        name: Of the mock.
        target: The application.
        bench: Decides what goes wrong in its calls.
    """

    def __init__(self, name: str, target: Target, bench: Bench) -> None:
        self.name = name
        self.spec: MockSpec = target.mocks[name]
        self._bench = bench
        self._target = target
        self._host = Host(stock_services(0))
        self._answer: Answer | None = None
        if self.spec.factory:
            self._answer = given_by(self.spec.factory, target.folder, f"mocks.{name}")

    def peer(self) -> HttpPeer:
        """What answers one connection."""
        return HttpPeer(self.exchange)

    async def exchange(self, request: Request) -> Reply:
        """The reply to a request, with what goes wrong with it.

        Raises:
            ConnectionError: The scenario says that the connection breaks.
        """
        asked = f"{request.method} {request.path.partition('?')[0]}"

        replies: list[Reply] = []

        async def answered() -> str:
            """The service's own answer, as what can be spoilt: the text of its body."""
            reply = await self._reply(request)
            replies.append(reply)
            self._note_told(asked, request, reply)
            if asked in self.spec.effects and reply.status < HTTPStatus.BAD_REQUEST:
                self._note_effect(asked, request)
            return reply.body.decode("utf-8", "replace")

        if (wrapped := AT_WORK.get(None)) is not None:
            wrapped.asked(self.name, [_given(request)])
        self._bench.emit("asks", stage=STAGE.get(), operation=f"{self.name}.{asked}")
        try:
            body = await self._bench.around(f"{self.name}.{asked}", answered)
        except ConnectionError:
            raise
        except (RuntimeError, TimeoutError) as error:
            return _json_reply(FAILS_WITH[type(error).__name__], {"error": "it was told to fail"})
        reply = replies[-1]
        if body == reply.body.decode("utf-8", "replace"):
            return reply
        text = body if isinstance(body, str) else json.dumps(body)
        return reply.with_body(text.encode())

    async def _reply(self, request: Request) -> Reply:
        if self._answer is not None:
            status, body = await self._answer(
                request.method, request.path, request.headers, request.body
            )
            return _json_reply(status, body)
        return await self._host.exchange(request)

    def _note_told(self, asked: str, request: Request, reply: Reply) -> None:
        """What it answered to which question."""
        try:
            said = json.loads(reply.body)
        except ValueError:
            said = reply.body.decode("utf-8", "replace")
        if (wrapped := AT_WORK.get(None)) is not None:
            wrapped.told(self.name, asked, _given(request), {"status": reply.status, "body": said})

    def _note_effect(self, asked: str, request: Request) -> None:
        key = request.headers.get(self.spec.deduplicates_by.lower(), "")
        self._bench.emit(
            "effect",
            stage=STAGE.get(),
            operation=f"{self.name}.{asked}",
            arguments=digest(request.body.decode("utf-8", "replace")),
            group="",
            key=digest(key) if key else "",
        )


def _given(request: Request) -> dict[str, str]:
    """What a request says beside its headers, in which clients put ids and times."""
    return {"path": request.path, "body": request.body.decode("utf-8", "replace")}


def _json_reply(status: int, body: Any) -> Reply:
    chunk = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(
        status=status,
        headers={"content-type": "application/json"},
        chunks=(chunk,) if chunk else (),
    )


def put_into_settings(target: Target) -> None:
    """Put every mock service's address where the application reads it; before it is imported."""
    for name, mock in target.mocks.items():
        if mock.env:
            os.environ[mock.env] = target.setting_of(name, tempfile.gettempdir())


def listening(target: Target) -> list[str]:
    """Names of the mock services that clients connect to."""
    return [name for name, mock in target.mocks.items() if not mock.is_sqlite]


def serve_in(loop: SimulatedLoop, target: Target, bench: Bench) -> None:
    """Have every mock service answer inside of a simulation."""
    for name in listening(target):
        server = MockServer(name, target, bench)
        loop.wires.served[HOST, target.port_of(name)] = server.peer


_LISTENING: dict[int, socket.socket] = {}
"""Ports of this process: one loop after the other accepts on them."""


async def serve_for_real(target: Target, bench: Bench) -> list[asyncio.Server]:
    """Have every mock service listen on loopback, as long as the running loop lasts.

    Raises:
        OSError: Another process listens there.
    """
    loop = asyncio.get_running_loop()
    for name in listening(target):
        # all of them before anything is awaited: from here on they connect
        port = target.port_of(name)
        if port not in _LISTENING:
            _LISTENING[port] = socket.create_server((HOST, port))
    servers = []
    for name in listening(target):
        make = partial(_protocol, MockServer(name, target, bench))
        sock = _LISTENING[target.port_of(name)].dup()
        servers.append(await loop.create_server(make, sock=sock))
    return servers


def _protocol(server: MockServer) -> PeerProtocol:
    return PeerProtocol(server.peer())
