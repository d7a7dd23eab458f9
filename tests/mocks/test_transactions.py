"""Transactions that overlap, and the search over vectors."""

import itertools
from random import Random

import pytest

from production_testers.mocks.services import MockDatabase, MockLlm, ServiceError
from production_testers.mocks.services.embedding import cosine


def database(seed=1):
    return MockDatabase(seed, {"t": "id INTEGER PRIMARY KEY, v TEXT UNIQUE"})


def ask(db, operation, **payload):
    return db.handle(operation, payload, Random(1))


def refused(db, operation, **payload):
    with pytest.raises(ServiceError) as error:
        ask(db, operation, **payload)
    return error.value.code, error.value.retryable


def begin(db, **more):
    return ask(db, "begin", **more)["transaction"]


def insert(db, number, **more):
    return ask(
        db, "execute", sql="INSERT INTO t VALUES (?, ?)", params=[number, f"v{number}"], **more
    )


def ids(db, **more):
    return [row["id"] for row in ask(db, "query", sql="SELECT id FROM t ORDER BY id", **more)]


@pytest.mark.parametrize(
    "level", ["read_uncommitted", "read_committed", "repeatable_read", "snapshot", "serializable"]
)
def test_whatever_level_is_asked_for_serializable_is_given_and_said(level):
    db = database()
    assert ask(db, "begin", isolation=level) == {
        "transaction": "tx-1",
        "isolation": "serializable",
    }
    insert(db, 1, transaction="tx-1")
    assert refused(db, "query", sql="SELECT id FROM t") == ("busy", True)  # never a dirty read


def test_what_is_not_committed_is_seen_inside_only_and_kept_at_commit():
    db = database()
    tx = begin(db)
    insert(db, 1, transaction=tx)
    assert ids(db, transaction=tx) == [1]
    ask(db, "commit", transaction=tx)
    assert ids(db) == [1]
    assert refused(db, "commit", transaction=tx) == ("not_found", False)


def test_what_is_rolled_back_is_gone_and_others_can_write_again():
    db = database()
    tx = begin(db)
    insert(db, 1, transaction=tx)
    assert refused(db, "execute", sql="INSERT INTO t VALUES (2, 'x')") == ("busy", True)
    ask(db, "rollback", transaction=tx)
    insert(db, 2)
    assert ids(db) == [2]


def test_a_reader_keeps_what_it_has_seen_and_the_writer_waits():
    db = database()
    insert(db, 1)
    reader, writer = begin(db), begin(db)
    assert ids(db, transaction=reader) == [1]
    insert(db, 2, transaction=writer)
    assert refused(db, "commit", transaction=writer) == ("busy", True)
    assert ids(db, transaction=reader) == [1]
    ask(db, "rollback", transaction=reader)
    ask(db, "commit", transaction=writer)  # it had stayed open
    assert ids(db) == [1, 2]


def test_of_two_that_read_and_then_write_one_is_refused():
    """No update is lost: what SQLite's isolation is for."""
    db = database()
    ask(db, "put", key="k", value=1)
    one, other = begin(db), begin(db)
    for tx in (one, other):
        assert ask(db, "get", key="k", transaction=tx)["value"] == 1
    ask(db, "put", key="k", value=2, transaction=one)
    assert refused(db, "put", key="k", value=3, transaction=other) == ("busy", True)


def test_the_right_to_write_can_be_taken_at_once():
    db = database()
    begin(db, write=True)
    assert refused(db, "begin", write=True) == ("busy", True)


def test_a_query_of_a_transaction_writes_nothing():
    db = database()
    tx = begin(db)
    sql = "INSERT INTO t VALUES (9, 'x') RETURNING id"
    assert refused(db, "query", sql=sql, transaction=tx)[0] == "forbidden"
    assert ids(db, transaction=tx) == []
    insert(db, 1, transaction=tx)


def test_a_broken_constraint_leaves_the_transaction_open():
    db = database()
    insert(db, 1)
    tx = begin(db)
    assert (
        refused(db, "execute", sql="INSERT INTO t VALUES (1, 'x')", transaction=tx)[0] == "conflict"
    )
    insert(db, 2, transaction=tx)
    ask(db, "commit", transaction=tx)
    assert ids(db) == [1, 2]


def test_transactions_are_bounded_and_a_crash_ends_them():
    db = database()
    for _ in range(64):
        begin(db)
    assert refused(db, "begin") == ("busy", True)
    db.crash()
    assert begin(db) == "tx-65"
    assert refused(db, "begin", isolation="loose")[0] == "bad_request"


def test_databases_do_not_share_data_and_tables_are_told():
    one, other = database(), database()
    insert(one, 1)
    assert ids(other) == []
    assert ask(one, "tables") == {"t": {"id": "INTEGER", "v": "TEXT"}}
    one.close()
    assert ids(other) == []


TEXTS = {
    "invoice": "The invoice was paid on Monday",
    "invoices": "The invoices were paid on Monday.",
    "penguins": "Penguins cannot fly over glaciers",
}


def embedded(text):
    return MockLlm(1).handle("embed", {"input": text}, Random(1))["data"][0]["embedding"]


def test_the_nearest_vectors_come_first_with_their_meta():
    db = database()
    for name, text in TEXTS.items():
        ask(db, "vector_put", id=name, vector=embedded(text), meta={"text": text})
    found = ask(db, "vector_search", vector=embedded("An invoice was paid on Monday"), k=2)
    assert [one["id"] for one in found] == ["invoice", "invoices"]
    assert found[0]["meta"] == {"text": TEXTS["invoice"]}
    assert found[0]["score"] > found[1]["score"] > 0.5
    assert ask(db, "vector_search", vector=embedded("x"), space="empty") == []


def test_equal_vectors_come_by_id_and_a_vector_is_replaced():
    db = database()
    for name in ("b", "a", "c"):
        ask(db, "vector_put", id=name, vector=[1, 0])
    ask(db, "vector_put", id="c", vector=[0, 1])
    assert [one["id"] for one in ask(db, "vector_search", vector=[2, 0])] == ["a", "b", "c"]
    assert [one["score"] for one in ask(db, "vector_search", vector=[2, 0])] == [1.0, 1.0, 0.0]


def test_vectors_are_part_of_a_transaction():
    db = database()
    tx = begin(db)
    ask(db, "vector_put", id="a", vector=[1], transaction=tx)
    ask(db, "rollback", transaction=tx)
    assert ask(db, "vector_search", vector=[1]) == []


@pytest.mark.parametrize("vector", [[], ["x"], [True], [float("nan")], "text", [0.0] * 4097])
def test_what_is_no_vector_is_refused(vector):
    assert refused(database(), "vector_put", id="a", vector=vector)[0] == "bad_request"


def test_a_space_holds_vectors_of_one_length():
    db = database()
    ask(db, "vector_put", id="a", vector=[1, 2])
    assert refused(db, "vector_put", id="b", vector=[1])[0] == "conflict"
    assert refused(db, "vector_search", vector=[1])[0] == "bad_request"
    ask(db, "vector_put", id="b", vector=[1], space="other")


def test_cosine_is_what_it_is():
    assert cosine([1, 0], [0, 2]) == 0
    assert cosine([3, 4], [6, 8]) == pytest.approx(1)
    assert cosine([0, 0], [1, 1]) == 0
    for one, other in itertools.permutations(([1, 2, 3], [4, 5, 6]), 2):
        assert cosine(one, other) == pytest.approx(0.9746, abs=1e-4)
