"""An application that is right: what the unit `target` is tried on where no team names its own.

It asks a model, writes into a ledger once for every order, and keeps an account's orders in line.
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


class Ledger:
    """Stands in for a ledger: an entry with a key that it has seen is no new one."""

    async def write(self, *, account: str, amount: int, key: str) -> Mapping[str, Any]:
        """Write one entry."""
        return {"account": account, "amount": amount, "key": key}


def orders() -> list[Order]:
    """Eight orders of three accounts, each with a card number."""
    return [
        {
            "order": f"o-{number}",
            "account": f"a-{number % 3}",
            "amount": 10 * number + 1,
            "text": "x" * (3 + number),
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


def build(model: Model, ledger: Ledger) -> Handle:
    """The application over the services that it is given."""
    lines: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def handle(order: Order) -> Mapping[str, Any]:
        """Rate an order and write it into the ledger."""
        async with lines[order["account"]]:
            rating = await asked(model.rate(text=order["text"]), "rating", "about")
            entry = {"account": order["account"], "amount": order["amount"]}
            await asked(ledger.write(**entry, key=order["order"]), "account", "amount", "key")
            return {"order": order["order"], "rating": rating["rating"], **entry}

    return handle


def amount_is_kept(order: Order, answer: Mapping[str, Any]) -> bool:
    """What is written is what was ordered."""
    return bool(answer["amount"] == order["amount"])
