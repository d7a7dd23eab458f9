"""A client that pays through a service, and tries again when there is no answer in time.

The service goes on with a request whether or not its client still waits, as services do. With
`HastyClient` a late answer is paid twice. `Client` is the repair: every attempt carries the same
key, and the service knows a key that it has seen.
"""

import asyncio
from itertools import count

Request = tuple[str, int, "asyncio.Future[str]"]


class PaymentService:
    """Answers one request after the other, each within 30 ms."""

    def __init__(self) -> None:
        self.paid: list[int] = []
        self._requests: asyncio.Queue[Request] = asyncio.Queue()
        self._receipts: dict[str, str] = {}

    async def serve(self) -> None:
        """Answer requests until cancelled."""
        while True:
            key, amount, reply = await self._requests.get()
            await self.handle(key, amount, reply)

    async def handle(self, key: str, amount: int, reply: "asyncio.Future[str]") -> None:
        """Answer one request."""
        await asyncio.sleep(0.03)
        if key not in self._receipts:
            self.paid.append(amount)
            self._receipts[key] = f"receipt {len(self.paid)}"
        if not reply.done():  # its client may have gone
            reply.set_result(self._receipts[key])

    async def charge(self, key: str, amount: int) -> str:
        """The receipt of a payment."""
        reply: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        await self._requests.put((key, amount, reply))
        return await reply


class HastyClient:
    """Broken: every attempt is a payment of its own."""

    def __init__(self, service: PaymentService) -> None:
        self.service = service
        self._keys = count(1)

    async def pay(self, amount: int) -> str:
        """Pay once, in up to three attempts of 100 ms."""
        for _ in range(3):
            try:
                async with asyncio.timeout(0.1):
                    return await self.service.charge(f"key-{next(self._keys)}", amount)
            except TimeoutError:
                continue
        raise TimeoutError


class Client(HastyClient):
    """Repaired: one key for all attempts of a payment."""

    async def pay(self, amount: int) -> str:
        """Pay once, in up to three attempts of 100 ms."""
        key = f"key-{next(self._keys)}"
        for _ in range(3):
            try:
                async with asyncio.timeout(0.1):
                    return await self.service.charge(key, amount)
            except TimeoutError:
                continue
        raise TimeoutError
