"""The external API of this run.

Edit ENDPOINTS: each has a method, a path and a response. In a response, `{id}` is a part of
the path, `{body.x}` a member of the request and `{new_id}` a fresh id.
"""

from production_testers.mocks.services import Endpoint, MockApi, Service

CUSTOMERS = [{"id": f"cus-{number}", "country": "DE"} for number in range(1, 26)]
ENDPOINTS = (
    Endpoint(method="GET", path="/health", response={"status": "up"}),
    Endpoint(method="GET", path="/customers", response=CUSTOMERS, page_size=10),
    Endpoint(method="GET", path="/customers/{id}", response={"id": "{id}", "country": "DE"}),
    Endpoint(
        method="POST",
        path="/payments",
        required=("account", "amount_cents"),
        response={"id": "pay-{new_id}", "amount_cents": "{body.amount_cents}", "state": "booked"},
        status=201,
    ),
    Endpoint(method="GET", path="/score/{card}", response={"score": 12}, rate_limit=100),
)


def service(seed: int) -> Service:
    """An API of ENDPOINTS; operations: request, get, post, put, patch, delete, performed."""
    return MockApi(seed, ENDPOINTS)
