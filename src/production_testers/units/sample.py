"""An application that is right: what the unit `target` is tried on where no team names its own.

It asks a model, writes into a ledger once for every order, over a connection that it gives back,
and keeps an account's orders in line.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

PATIENCE_S = 1.0
"""How long a service may take."""

Order = Mapping[str, Any]
Handle = Callable[[Order], Awaitable[Mapping[str, Any]]]


class Model:
    """Stands in for a language model: it answers in JSON."""

    async def rate(self, *, text: str) -> str:
        """A rating from 0 to 9."""
        return json.dumps({"rating": len(text) % 10, "about": text})


class Connection:
    """To the ledger."""

    async def write(self, *, account: str, amount: int, key: str) -> Mapping[str, Any]:
        """Write one entry."""
        return {"account": account, "amount": amount, "key": key}


class Ledger:
    """Stands in for a ledger: an entry with a key that it has seen is no new one."""

    async def connect(self) -> Connection:
        """A connection, which is to be released."""
        return Connection()

    async def release(self, connection: Connection) -> None:
        """Take a connection back."""


def orders() -> list[Order]:
    """Eight orders of three accounts, each with a card number."""
    return [
        {
            "order": f"o-{number}",
            "account": f"account-{number % 3}",
            "amount": 10 * number + 1,
            "text": "x" * (3 + number),
            "note": f"note {number}",
            "card": f"4000-0000-{number:04}-{7 * number:04}",
        }
        for number in range(8)
    ]


async def asked(answer: Awaitable[Any], *names: str) -> Mapping[str, Any]:
    """A service's answer, whole and in time.

    Raises:
        ValueError: It is not whole.
        TimeoutError: It did not come in time.
    """
    given = await asyncio.wait_for(answer, PATIENCE_S)
    read = json.loads(given) if isinstance(given, str) and given[:1] == "{" else given
    if not isinstance(read, Mapping) or any(name not in read for name in names):
        raise ValueError("a service gave an answer that is not whole")
    return read


async def written(ledger: Ledger, entry: Mapping[str, Any], key: str) -> None:
    """Write an entry over a connection that is given back."""
    connection = await asyncio.wait_for(ledger.connect(), PATIENCE_S)
    try:
        await asked(connection.write(**entry, key=key), "account", "amount", "key")
    finally:
        await asyncio.wait_for(ledger.release(connection), PATIENCE_S)


def build(model: Model, ledger: Ledger) -> Handle:
    """The application over the services that it is given."""
    lines: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def handle(order: Order) -> Mapping[str, Any]:
        """Rate an order and write it into the ledger."""
        async with lines[order["account"]]:
            rating = await asked(model.rate(text=order["text"]), "rating", "about")
            entry = {"account": order["account"], "amount": order["amount"]}
            await written(ledger, entry, order["order"])
            answer = {"order": order["order"], "note": order["note"], **entry}
            return {**answer, "rating": rating["rating"]}

    return handle


def amount_is_kept(order: Order, answer: Mapping[str, Any]) -> bool:
    """What is written is what was ordered."""
    return bool(answer["amount"] == order["amount"])
