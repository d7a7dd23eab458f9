"""Connections of a simulation: a client's protocol on one end, one of our peers on the other.

Nothing leaves the process. Addresses that somebody serves can be connected to, as asyncio's own
`create_connection` does it and as clients do that make their socket first; every other one is
refused, as before.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Protocol

Address = tuple[str, int]

_INTERNET, _STREAM, _TCP = 2, 1, 6
"""AF_INET, SOCK_STREAM and IPPROTO_TCP of Linux, without importing sockets."""


class Peer(Protocol):
    """The other end of a connection."""

    def received(self, wire: "Wire", data: bytes) -> None:
        """The client has written something."""

    def closed(self) -> None:
        """The connection is over, whoever ended it."""


class NamedSocket:
    """What clients ask a connection's socket for: names and options, and nothing happens.

    Args:
        peer: Address of the peer.
    """

    family, type, proto = _INTERNET, _STREAM, _TCP

    def __init__(self, peer: Address) -> None:
        self._peer = peer

    def getpeername(self) -> Address:
        """The peer's address."""
        return self._peer

    def getsockname(self) -> Address:
        """The client's own address."""
        return "127.0.0.1", 1

    def setsockopt(self, *_option: object) -> None:
        """There is nothing to set."""

    def fileno(self) -> int:
        """There is no file."""
        return -1


class Wire(asyncio.Transport):
    """The client's end.

    Args:
        loop: The simulation's.
        protocol: The client's.
        peer: The other end.
        address: Of the peer.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, protocol: Any, peer: Peer, address: Address
    ) -> None:
        end = NamedSocket(address)
        super().__init__({"peername": address, "sockname": end.getsockname(), "socket": end})
        self._loop = loop
        self._protocol = protocol
        self._peer = peer
        self._closing = False
        self._paused = False
        self._waiting: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Give it to the peer at once."""
        if not self._closing and data:
            self._peer.received(self, bytes(data))

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """One after the other."""
        self.write(b"".join(list_of_data))

    def deliver(self, data: bytes) -> None:
        """What the peer writes."""
        if self._closing:
            return
        if self._paused:
            self._waiting.append(data)
        else:
            self._protocol.data_received(data)

    def hang_up(self, error: Exception | None = None) -> None:
        """The peer ends the connection: in order, or with an error."""
        if self._closing:
            return
        if error is None:
            self._protocol.eof_received()
        self._end(error)

    def close(self) -> None:
        """The client ends it."""
        self._end(None)

    def abort(self) -> None:
        """The same, at once."""
        self._end(None)

    def _end(self, error: Exception | None) -> None:
        if not self._closing:
            self._closing = True
            self._peer.closed()
            self._loop.call_soon(self._protocol.connection_lost, error)

    def is_closing(self) -> bool:
        """Whether it is over."""
        return self._closing

    def set_protocol(self, protocol: Any) -> None:
        """Who is told of what arrives."""
        self._protocol = protocol

    def get_protocol(self) -> Any:
        """Who is told of what arrives."""
        return self._protocol

    def is_reading(self) -> bool:
        """Whether what arrives is handed on."""
        return not (self._paused or self._closing)

    def pause_reading(self) -> None:
        """Keep what arrives."""
        self._paused = True

    def resume_reading(self) -> None:
        """Hand on what was kept."""
        self._paused = False
        while self._waiting and not self._paused:
            self._protocol.data_received(self._waiting.pop(0))

    def get_write_buffer_size(self) -> int:
        """Nothing waits."""
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There is no buffer."""

    def can_write_eof(self) -> bool:
        """A half-closed connection is nothing that clients of services need."""
        return False


class Wires:
    """What a simulated loop knows of connections.

    Attributes:
        served: Address → makes a peer for every connection.
    """

    served: dict[Address, Callable[[], Peer]]

    def __init__(self) -> None:
        self.served = {}
        self._connecting: dict[int, Address] = {}

    def reachable(self, host: Any, port: Any) -> Address | None:
        """The address, where somebody serves it."""
        name = "127.0.0.1" if host == "localhost" else str(host)
        address = (name, int(port or 0))
        return address if address in self.served else None

    def connecting(self, sock: Any, address: Any) -> bool:
        """A client's own socket is to be connected; it stays where it is."""
        found = self.reachable(*address[:2])
        if found is not None:
            self._connecting[id(sock)] = found
        return found is not None

    def address_for(self, host: Any, port: Any, sock: Any) -> Address | None:
        """Where a connection leads."""
        if sock is None:
            return None if host is None else self.reachable(host, port)
        found = self._connecting.pop(id(sock), None)
        if found is not None:
            sock.close()
        return found

    def connected(self, loop: Any, make: Callable[[], Any], address: Address) -> tuple[Wire, Any]:
        """A new connection to an address that is served."""
        protocol = make()
        wire = Wire(loop, protocol, self.served[address](), address)
        protocol.connection_made(wire)
        return wire, protocol

    def addresses(self, host: Any, port: Any) -> list[Any] | None:
        """As `getaddrinfo` gives them; None where nobody serves the address."""
        found = self.reachable(host, port)
        if found is None:
            return None
        return [(_INTERNET, _STREAM, _TCP, "", found)]
