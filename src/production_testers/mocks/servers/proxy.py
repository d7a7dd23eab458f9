"""A TCP proxy in front of any port: what goes through it is disturbed by a fault plan.

It knows nothing of the protocol inside. Every connection is one occasion; its faults last as long
as it does, but for those that say otherwise.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self

from production_testers.mocks.faults.catalogue import checked
from production_testers.mocks.faults.deciding import Decider, Firing, Occasion, applies
from production_testers.mocks.faults.kinds import Way
from production_testers.mocks.servers.http import reset
from production_testers.model.errors import UsageError
from production_testers.model.fault_plan import FaultPlan, Place, Rule

CHUNK = 64 * 1024
_TLS = ("tls-expired", "tls-wrong-name", "tls-untrusted")
_RESETS = ("connection-reset", "reset-midway")
_SILENT = ("half-open", "answer-lost")


@dataclass(slots=True)
class _Connection:
    """One connection and what is wrong with it."""

    firings: dict[str, Firing] = field(default_factory=dict)

    def param(self, fault: str, name: str) -> Any:
        """A parameter of one of its faults; None where it does not have that fault."""
        firing = self.firings.get(fault)
        return None if firing is None else firing.params[name]


class TcpProxy:
    """Forwards connections; see `proxied`.

    Args:
        name: As plans call it.
        target: Host and port that connections go on to.
        plan: What goes wrong at it.
        told: Called with each fault that happened.
        tls: It speaks TLS to its clients, with a certificate of `tls.certificates`.

    Attributes:
        port: Where it listens.
        connections: How many it has had.
        open: How many are open.
    """

    def __init__(
        self,
        name: str,
        target: tuple[str, int],
        plan: FaultPlan | None = None,
        *,
        told: Callable[[Firing], object] = lambda _firing: None,
        tls: bool = False,
    ) -> None:
        self.name = name
        self.port = 0
        self.connections = 0
        self.open = 0
        self._target = target
        self._told = told
        self._tls = tls
        self._plan = None if plan is None else checked(plan, Way.REAL)
        self._decider: Decider | None = None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        if not tls and any(rule.fault in _TLS for rule in self._rules()):
            raise UsageError(f"Port {name} speaks no TLS.", do="Start its proxy with tls=True.")

    def _rules(self) -> Iterable[Rule]:
        rules = self._plan.rules if self._plan else ()
        mine = Occasion(place=Place.PORT, name=self.name)
        return (rule for rule in rules if applies(rule, mine))

    async def start(self, port: int = 0) -> Self:
        """Listen; 0 for a free port."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        if self._plan is not None and self._decider is None:
            self._decider = Decider(self._plan, lambda: (loop.time() - start) * 1000)
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def close(self) -> None:
        """Stop listening and end every connection: nothing of it is left."""
        await self._stop_listening()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
            await asyncio.sleep(0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        self.open += 1
        try:
            await self._serve(reader, writer, self._wrong_with(self.connections))
        except (OSError, ssl.SSLError, asyncio.IncompleteReadError):
            writer.transport.abort()
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self.open -= 1
            writer.close()

    def _wrong_with(self, nth: int) -> _Connection:
        if self._decider is None:
            return _Connection()
        occasion = Occasion(place=Place.PORT, name=self.name, nth=nth)
        return _Connection({firing.fault: firing for firing in self._decider.at(occasion)})

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wrong: _Connection
    ) -> None:
        for firing in wrong.firings.values():
            self._told(firing)
        if "connection-refused" in wrong.firings:
            reset(writer.transport)
            self._keep(self._not_listening(wrong.param("connection-refused", "ms")))
            return
        if self._tls:
            from production_testers.mocks.servers.tls import (  # noqa: PLC0415 - it is seldom wanted
                GOOD,
                certificates,
            )

            kind = next((name for name in _TLS if name in wrong.firings), GOOD)
            await writer.start_tls(certificates().server(kind))
        if ms := wrong.param("partition", "ms"):
            await asyncio.sleep(ms / 1000)
        upstream_reader, upstream_writer = await asyncio.open_connection(*self._target)
        request = asyncio.ensure_future(_pump(reader, upstream_writer, _delay_ms(wrong, "request")))
        try:
            await self._answer(upstream_reader, writer, wrong)
        finally:
            request.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await request
            upstream_writer.close()

    async def _answer(
        self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter, wrong: _Connection
    ) -> None:
        """Everything that comes back, as far as it is let through."""
        for fault in _SILENT:
            if fault in wrong.firings:
                await _swallow(upstream, wrong.param(fault, "ms") / 1000)
                reset(writer.transport)
                return
        if any(fault in wrong.firings for fault in _RESETS):
            first = await upstream.read(CHUNK)
            share = wrong.param("reset-midway", "share") or 0.0
            writer.write(first[: int(len(first) * share)])
            await writer.drain()
            reset(writer.transport)
            return
        await _paced(upstream, writer, wrong)
        if ms := wrong.param("slow-close", "ms"):
            await asyncio.sleep(ms / 1000)
        if writer.can_write_eof():
            writer.write_eof()

    async def _not_listening(self, milliseconds: float) -> None:
        """Nobody listens for a time; then the same port is listened to again."""
        port = self.port
        await self._stop_listening()
        try:
            await asyncio.sleep(milliseconds / 1000)
        finally:
            if not asyncio.current_task().cancelling():  # type: ignore[union-attr]
                await self.start(port)

    def _keep(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_ms: float
) -> None:
    while data := await reader.read(CHUNK):
        if delay_ms:
            await asyncio.sleep(delay_ms / 1000)
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


def _delay_ms(wrong: _Connection, side: str) -> float:
    if wrong.param("latency", "side") != side:
        return 0.0
    return float(wrong.param("latency", "ms"))


async def _swallow(reader: asyncio.StreamReader, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while await reader.read(CHUNK):
                pass
            await asyncio.sleep(seconds)


async def _paced(
    upstream: asyncio.StreamReader, writer: asyncio.StreamWriter, wrong: _Connection
) -> None:
    """The answer, piece by piece, each as late as the faults of the connection say."""
    delay_ms = _delay_ms(wrong, "answer")
    jitter_ms = wrong.param("jitter", "ms") or 0.0
    random = wrong.firings["jitter"].moment("", "", {}).random if jitter_ms else None
    rate = wrong.param("bandwidth", "bytes_per_s")
    size, pause_ms = wrong.param("trickle", "bytes"), wrong.param("trickle", "ms") or 0.0
    while data := await upstream.read(CHUNK):
        late_ms = delay_ms + (random.uniform(0, jitter_ms) if random else 0.0)
        if late_ms:
            await asyncio.sleep(late_ms / 1000)
        step = int(size) if size else (1024 if rate else len(data))
        for start in range(0, len(data), step):
            piece = data[start : start + step]
            if rate:
                await asyncio.sleep(len(piece) / rate)
            if pause_ms:
                await asyncio.sleep(pause_ms / 1000)
            writer.write(piece)
            await writer.drain()


@asynccontextmanager
async def proxied(proxy: TcpProxy, *, port: int = 0) -> AsyncIterator[TcpProxy]:
    """A proxy as long as the block lasts; afterwards nothing of it is left."""
    await proxy.start(port)
    try:
        yield proxy
    finally:
        await proxy.close()
