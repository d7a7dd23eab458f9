"""Webhooks on their way from the mock API to whoever subscribed: at least once, in order."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from production_testers.mocks.host import Host
from production_testers.model.canonical import Json

ATTEMPTS_MAX = 5

Send = Callable[[Mapping[str, Any]], Awaitable[bool]]
"""Sends one delivery {id, event, body, signature, attempt}; whether it was taken."""


async def deliver(host: Host, send: Send) -> int:
    """Send everything that is owed, once each; gives how many were taken.

    What is not taken is owed still, until it was tried `ATTEMPTS_MAX` times; then it is given up.

    Raises:
        ServiceError: The API cannot be asked, by a fault of the plan.
    """
    owed: Json = await host.call("api", "webhooks", {})
    taken = 0
    for delivery in owed if isinstance(owed, list) else ():
        received = await send(delivery)
        if received or delivery["attempt"] >= ATTEMPTS_MAX:
            await host.call("api", "webhook_ack", {"id": delivery["id"]})
        taken += received
    return taken
