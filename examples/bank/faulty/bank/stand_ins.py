"""What stands in for the services while the pipeline is tested: same methods, no network."""

import json

CUSTOMERS = {
    "c-17": {"name": "Ada Moreau", "since": 2015, "limit": 5_000},
    "c-23": {"name": "Jonas Weber", "since": 2021, "limit": 800},
    "c-42": {"name": "Mei Tanaka", "since": 2009, "limit": 20_000},
}
PAYMENTS_TODAY = {"c-17": 2, "c-23": 9, "c-42": 1}


class Model:
    """Answers as the language model does: JSON in text."""

    async def assess(self, *, merchant, amount):
        risk = 0.9 if "casino" in merchant else 0.2
        return json.dumps({"risk": risk, "reason": f"{amount} at {merchant}"})


class Database:
    """Two look-ups."""

    async def customer(self, customer):
        return dict(CUSTOMERS[customer])

    async def payments_today(self, customer):
        return {"count": PAYMENTS_TODAY[customer]}


class Payments:
    """Releases or holds a payment; a key that it has seen has no effect again."""

    async def settle(self, *, payment, decision, key):
        return {"payment": payment, "decision": decision, "settled": True}
