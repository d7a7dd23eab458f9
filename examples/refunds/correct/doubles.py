"""What stands in for the services, the requests, and what must hold of every answer."""


class Gateway:
    """Pays; a reference that it has seen is not paid again."""

    async def pay(self, *, iban, cents, reference):
        return {"state": "booked", "reference": reference}


class Accounts:
    async def find(self, customer):
        return {"iban": f"DE00{sum(map(ord, customer)):018}", "open": True}


def requests():
    return [
        {
            "refund": f"r-{n}",
            "customer": f"customer-{n % 3}",
            "cents": 100 + n,
            "note": f"parcel {n} came back",
            "passport": f"P{n}X{n * 7919:07}",
        }
        for n in range(9)
    ]


def cents_are_kept(request, answer):
    return answer["cents"] == request["cents"]
