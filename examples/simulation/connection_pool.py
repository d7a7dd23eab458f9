"""A pool of connections, and callers that wait for one.

`LeakyPool` loses a connection when a caller is cancelled at the very moment at which one was
handed to it. `Pool` is the repair: whoever is cancelled gives back what it was handed.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class LeakyPool:
    """Broken: a connection that was handed to a cancelled caller is nobody's."""

    def __init__(self, connections: list[str]) -> None:
        self.free = list(connections)
        self._waiters: deque[asyncio.Future[str]] = deque()

    async def acquire(self) -> str:
        """A connection of the caller's own; waits until there is one."""
        if self.free:
            return self.free.pop()
        waiter: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        return await waiter

    def release(self, connection: str) -> None:
        """Hand a connection to whoever waits longest."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():  # its caller was cancelled while it waited
                waiter.set_result(connection)
                return
        self.free.append(connection)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[str]:
        """Acquire and release."""
        connection = await self.acquire()
        try:
            yield connection
        finally:
            self.release(connection)


class Pool(LeakyPool):
    """Repaired."""

    async def acquire(self) -> str:
        """A connection of the caller's own; waits until there is one."""
        if self.free:
            return self.free.pop()
        waiter: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():  # handed over, and then cancelled
                self.release(waiter.result())
            raise
