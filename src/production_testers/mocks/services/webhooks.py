"""Webhooks: events that an API owes to its subscribers, delivered at least once."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from production_testers.mocks.services.call import Call
from production_testers.mocks.services.contract import ServiceError
from production_testers.model.canonical import Json, canonical_json
from production_testers.model.seeds import derive

SIGNATURE = "x-ptest-signature"
"""The header that carries a delivery's signature."""


@dataclass(slots=True)
class Delivery:
    """An event on its way.

    Attributes:
        id: Names the event; the same in every attempt, so that receivers can recognise it.
        event: What happened.
        body: What the receiver is sent, as canonical JSON.
        signature: Hexadecimal HMAC-SHA-256 of the body.
        attempts: How often it was handed out.
    """

    id: str
    event: str
    body: str
    signature: str
    attempts: int = 0

    def as_json(self) -> dict[str, Json]:
        """The delivery as the operation `webhooks` gives it."""
        return {
            "id": self.id,
            "event": self.event,
            "body": self.body,
            "signature": self.signature,
            "attempt": self.attempts,
        }


class Outbox:
    """What is still to be delivered, in the order in which it happened."""

    def __init__(self, seed: int) -> None:
        self.secret = f"{derive(seed, 'api', 'webhook'):016x}"
        self._waiting: dict[str, Delivery] = {}
        self._made = 0

    def add(self, event: str, content: Mapping[str, Json]) -> None:
        """Owe an event to the subscribers."""
        self._made += 1
        name = f"evt-{self._made}"
        body = canonical_json({"id": name, "event": event, "data": content})
        signature = hmac.new(self.secret.encode(), body.encode(), hashlib.sha256).hexdigest()
        self._waiting[name] = Delivery(name, event, body, signature)

    def due(self, _call: Call) -> Json:
        """Everything that was not acknowledged, one attempt more each."""
        for delivery in self._waiting.values():
            delivery.attempts += 1
        return [delivery.as_json() for delivery in self._waiting.values()]

    def acknowledge(self, call: Call) -> Json:
        """A receiver has got {id}; it is not delivered again.

        Raises:
            ServiceError: `not_found`.
        """
        name = call.text("id")
        if self._waiting.pop(name, None) is None:
            raise ServiceError("not_found", f"No delivery {name!r} is waiting.")
        return {"waiting": len(self._waiting)}
