"""The services that there are without a run folder: a little of each, enough to be called."""

from production_testers.mocks.services import (
    Endpoint,
    MockApi,
    MockDatabase,
    MockInfrastructure,
    MockLlm,
)

ENDPOINTS = (
    Endpoint(method="GET", path="/health", response={"status": "up"}),
    Endpoint(method="GET", path="/items/{id}", response={"id": "{id}", "key": "{seed_id}"}),
    Endpoint(
        method="POST",
        path="/items",
        response={"id": "item-{new_id}"},
        status=201,
        webhook="item.made",
    ),
)
TABLES = {"items": "id TEXT PRIMARY KEY, value TEXT NOT NULL"}

Stock = MockLlm | MockDatabase | MockApi | MockInfrastructure


def stock_services(seed: int) -> dict[str, Stock]:
    """One of each service, by name."""
    return {
        "llm": MockLlm(seed),
        "db": MockDatabase(seed, TABLES),
        "api": MockApi(seed, ENDPOINTS),
        "infra": MockInfrastructure(seed),
    }
