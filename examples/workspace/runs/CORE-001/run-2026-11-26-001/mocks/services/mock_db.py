"""The database of this run.

Edit TABLES (name → columns and constraints, in SQLite's words) and ROWS (what it starts with).
A broken constraint reaches the stage as the error `conflict`.
"""

from collections.abc import Mapping, Sequence

from production_testers.mocks.services import MockDatabase, Service

TABLES = {
    "accounts": "id TEXT PRIMARY KEY, tenant TEXT NOT NULL, balance_cents INTEGER NOT NULL"
    " CHECK (balance_cents >= 0)",
    "entries": "id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (id),"
    " amount_cents INTEGER NOT NULL",
}
ROWS: Mapping[str, Sequence[Mapping[str, str | int]]] = {
    "accounts": [
        {"id": "acc-1", "tenant": "acme", "balance_cents": 10_000},
        {"id": "acc-2", "tenant": "birch", "balance_cents": 2_500},
    ],
}


def service(seed: int) -> Service:
    """A fresh database; operations: execute, query, transaction, upsert, get, put."""
    return MockDatabase(seed, TABLES, rows=ROWS)
