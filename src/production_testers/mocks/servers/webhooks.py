"""Delivers the mock API's webhooks over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp

from production_testers.mocks.delivering import deliver
from production_testers.mocks.host import Host
from production_testers.mocks.services.contract import ServiceError
from production_testers.mocks.services.webhooks import SIGNATURE

EVERY_S = 0.05
PATIENCE_S = 5.0


@asynccontextmanager
async def delivering(host: Host, url: str) -> AsyncIterator[None]:
    """Deliver a host's webhooks to an address as long as the block lasts."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:

        async def send(delivery: Mapping[str, Any]) -> bool:
            """Deliver one; whether it was taken."""
            headers = {"content-type": "application/json", SIGNATURE: delivery["signature"]}
            try:
                async with session.post(url, data=delivery["body"], headers=headers) as response:
                    return response.ok
            except (aiohttp.ClientError, TimeoutError):
                return False

        task = asyncio.create_task(_again_and_again(host, send))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _again_and_again(host: Host, send: Any) -> None:
    while True:
        with suppress(ServiceError):  # a fault of the plan; what is owed is owed still
            await deliver(host, send)
        await asyncio.sleep(EVERY_S)
