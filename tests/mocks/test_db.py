"""The database keeps its constraints, its transactions and its determinism."""

from random import Random

import pytest

from production_testers.mocks.services import MockDatabase, ServiceError
from production_testers.mocks.services import sql as module

TABLES = {
    "accounts": "id TEXT PRIMARY KEY, cents INTEGER NOT NULL CHECK (cents >= 0)",
    "entries": "account TEXT REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED",
}
ROWS = {"accounts": [{"id": "a", "cents": 100}, {"id": "b", "cents": 0}]}


@pytest.fixture
def db():
    database = MockDatabase(1, TABLES, rows=ROWS)
    yield database
    database.close()


def call(database, operation, random=None, **payload):
    return database.handle(operation, payload, random or Random(1))


def refused(database, operation, **payload):
    with pytest.raises(ServiceError) as caught:
        call(database, operation, **payload)
    return caught.value.code


def balances(database):
    rows = call(database, "query", sql="SELECT id, cents FROM accounts ORDER BY id")
    return {row["id"]: row["cents"] for row in rows}


def test_execute_changes_and_query_shows(db):
    sql = "UPDATE accounts SET cents = cents + :more WHERE id = :id"
    assert call(db, "execute", sql=sql, params={"more": 5, "id": "a"})["rows"] == 1
    assert balances(db) == {"a": 105, "b": 0}


def test_query_never_changes_anything(db):
    assert refused(db, "query", sql="DELETE FROM accounts") == "bad_request"
    call(db, "query", sql="DELETE FROM accounts RETURNING id")
    assert balances(db) == {"a": 100, "b": 0}


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO accounts VALUES ('a', 1)",
        "UPDATE accounts SET cents = -1",
        "INSERT INTO accounts VALUES ('c', NULL)",
        "INSERT INTO entries VALUES ('nobody')",
    ],
)
def test_a_broken_constraint_is_a_conflict_and_leaves_nothing(db, sql):
    assert refused(db, "execute", sql=sql) == "conflict"
    assert balances(db) == {"a": 100, "b": 0}
    assert call(db, "query", sql="SELECT * FROM entries") == []


def test_a_transaction_is_all_or_nothing(db):
    take = {"sql": "UPDATE accounts SET cents = cents - ? WHERE id = 'a'", "params": [60]}
    give = {"sql": "UPDATE accounts SET cents = cents + ? WHERE id = 'b'", "params": [60]}
    assert call(db, "transaction", statements=[take, give]) == {"rows": [1, 1]}
    assert refused(db, "transaction", statements=[give, take]) == "conflict"
    assert refused(db, "transaction", statements=[give, "no"]) == "bad_request"
    assert balances(db) == {"a": 40, "b": 60}


def test_upsert_inserts_then_updates(db):
    for cents in (1, 2):
        row = {"id": "c", "cents": cents}
        assert call(db, "upsert", table="accounts", key=["id"], row=row) == {"rows": 1}
    assert balances(db)["c"] == 2
    call(db, "execute", sql="CREATE TABLE tags (tag TEXT UNIQUE)")
    assert call(db, "upsert", table="tags", key=["tag"], row={"tag": "x"}) == {"rows": 1}
    assert call(db, "upsert", table="tags", key=["tag"], row={"tag": "x"}) == {"rows": 0}


def test_upsert_cannot_be_used_to_inject(db):
    evil = 'accounts" VALUES (1); DROP TABLE accounts; --'
    assert refused(db, "upsert", table=evil, key=["id"], row={"id": "x"}) == "bad_request"
    assert balances(db) == {"a": 100, "b": 0}


def test_pairs_have_versions_and_can_be_put_once():
    db = MockDatabase(1)
    assert call(db, "get", key="k") == {"found": False, "value": None, "version": 0}
    assert call(db, "put", key="k", value={"n": [1]}, if_absent=True) == {"version": 1}
    assert refused(db, "put", key="k", value=2, if_absent=True) == "conflict"
    assert call(db, "put", key="k", value=2, if_version=1) == {"version": 2}
    assert refused(db, "put", key="k", value=3, if_version=1) == "conflict"
    assert call(db, "get", key="k") == {"found": True, "value": 2, "version": 2}
    assert call(db, "get", key="k", space="other")["found"] is False


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT datetime('now')",
        "SELECT CURRENT_TIMESTAMP",
        "SELECT randomblob(4)",
        "ATTACH DATABASE '/tmp/never.db' AS other",
        "PRAGMA foreign_keys = OFF",
        "COMMIT",
        "BEGIN",
        "SAVEPOINT here",
    ],
)
def test_clocks_files_and_transaction_control_are_forbidden(db, sql):
    assert refused(db, "execute", sql=sql) == "forbidden"
    assert balances(db) == {"a": 100, "b": 0}


@pytest.mark.parametrize(
    ("sql", "params"),
    [
        ("SELEC 1", []),
        ("SELECT * FROM nowhere", []),
        ("SELECT 1; SELECT 2", []),
        ("SELECT ?", []),
        ("SELECT ?", [2**63]),
        ("SELECT ?", ["\ud800"]),
        ("SELECT :a", {"b": 1}),
    ],
)
def test_sql_that_cannot_run_is_a_bad_request(db, sql, params):
    assert refused(db, "query", sql=sql, params=params) == "bad_request"


def test_sqls_random_belongs_to_the_call(db):
    sql = "SELECT random() AS r"
    first = call(db, "query", Random(7), sql=sql)
    assert call(db, "query", Random(8), sql=sql) != first
    assert call(db, "query", Random(7), sql=sql) == first


def test_rows_without_an_order_come_either_way_by_the_seed():
    def order(seed):
        database = MockDatabase(seed, TABLES, rows=ROWS)
        return [row["id"] for row in call(database, "query", sql="SELECT id, cents FROM accounts")]

    assert order(1) == order(1)
    assert {tuple(order(seed)) for seed in range(8)} == {("a", "b"), ("b", "a")}


def test_a_statement_without_an_end_is_stopped(monkeypatch):
    monkeypatch.setattr(module, "STEPS_MAX", 10_000)
    db = MockDatabase(1, TABLES, rows=ROWS)
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    assert refused(db, "query", sql=f"{endless} SELECT count(*) AS c FROM n") == "too_expensive"
    insert = f"{endless} INSERT INTO accounts SELECT i, i FROM n"
    assert refused(db, "execute", sql=insert) == "too_expensive"
    assert balances(db) == {"a": 100, "b": 0}


def test_objects_become_text_and_blobs_become_digits(db):
    rows = call(db, "query", sql="SELECT ? AS o, x'ff00' AS b", params=[{"k": [1]}])
    assert rows == [{"o": '{"k":[1]}', "b": "ff00"}]


def test_two_databases_share_nothing(db):
    call(db, "put", key="k", value=1)
    assert call(MockDatabase(1), "get", key="k")["found"] is False
