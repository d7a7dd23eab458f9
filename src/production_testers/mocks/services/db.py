"""A database in memory: real SQL, real constraints, real transactions, no file."""

import json
from collections.abc import Callable, Mapping, Sequence
from random import Random

from production_testers.mocks.services.call import Call, Operation, dispatch
from production_testers.mocks.services.contract import ServiceError
from production_testers.mocks.services.sql import (
    Connection,
    cells,
    insert,
    new_name,
    params_of,
    quoted,
)
from production_testers.mocks.services.vectors import TABLE, put_vector, search_vectors
from production_testers.model.canonical import Json, canonical_json
from production_testers.model.seeds import derive

ISOLATION = "serializable"
"""What SQLite gives, whichever level is asked for; it is never weaker than asked."""

LEVELS = ("read_uncommitted", "read_committed", "repeatable_read", "snapshot", ISOLATION)
TRANSACTIONS_MAX = 64

_PAIRS = (
    "CREATE TABLE ptest_pairs"
    " (space TEXT, key TEXT, value TEXT, version INTEGER, PRIMARY KEY (space, key))"
)


class MockDatabase:
    """An SQL database with a key-value convenience and a search over vectors.

    An operation is one transaction, unless it names one that `begin` gave: then it is part of it,
    and others see it after `commit`. A broken constraint is `conflict`; SQL that cannot run is
    `bad_request`; what would reach a clock, a file or the transaction is `forbidden`; a statement
    that does not end is `too_expensive`; where another transaction is in the way it is `busy`,
    retryable. SQL's `random()` draws from the call.

    Operations:
        execute: {sql, params?, transaction?} → {rows: changed, last_id}
        query: {sql, params?, transaction?} → list of rows as objects; it never changes anything
        transaction: {statements: [{sql, params?}]} → {rows: [changed, …]}, all or nothing
        begin: {isolation?, write?} → {transaction, isolation}; isolation is `serializable`
            whichever level is asked for; with `write` it takes the right to write at once
        commit, rollback: {transaction} → {}; `busy` at commit leaves the transaction open
        upsert: {table, key: [columns], row, transaction?} → {rows}; needs a unique constraint
        get: {key, space?, transaction?} → {found, value, version}
        put: {key, value, space?, if_absent?, if_version?, transaction?} → {version}; `conflict`
            when the key exists and `if_absent`, or its version is not `if_version`
        tables: {} → table → column → type
        vector_put: {id, vector, space?, meta?, transaction?} → {dimensions}
        vector_search: {vector, space?, k?, transaction?} → the nearest, [{id, score, meta}]

    Args:
        seed: Decides whether queries without ORDER BY come forwards or backwards: no
            database promises their order.
        tables: Name → column definitions, as they stand in CREATE TABLE.
        rows: Table → rows that it starts with.

    Raises:
        ServiceError: A table or a row cannot be made.
    """

    name: str = "db"

    def __init__(
        self,
        seed: int,
        tables: Mapping[str, str] | None = None,
        *,
        rows: Mapping[str, Sequence[Mapping[str, Json]]] | None = None,
    ) -> None:
        self._file = new_name()
        self._backwards = derive(seed, "db", "order") % 2 == 1
        self._open: dict[str, Connection] = {}
        self._begun = 0
        self._main = Connection(self._file, backwards=self._backwards)
        self._operations: Mapping[str, Operation] = {
            "execute": self._writing(_execute),
            "query": self._reading(_query),
            "transaction": self._transaction,
            "begin": self._begin,
            "commit": self._commit,
            "rollback": self._rollback,
            "upsert": self._writing(_upsert),
            "get": self._reading(_get),
            "put": self._writing(_put),
            "tables": self._reading(lambda connection, _call: connection.tables()),
            "vector_put": self._writing(put_vector),
            "vector_search": self._reading(search_vectors),
        }
        self._fill(tables or {}, rows or {})

    @property
    def operations(self) -> tuple[str, ...]:
        """The names of its operations."""
        return tuple(self._operations)

    def handle(self, operation: str, payload: Mapping[str, Json], random: Random) -> Json:
        """Do one operation; see the class for the operations."""
        call = Call(operation=operation, payload=payload, random=random)
        return dispatch(self.name, self._operations, call)

    def close(self) -> None:
        """Give the memory back; the database cannot be used afterwards."""
        for connection in (*self._open.values(), self._main):
            connection.close()

    def crash(self) -> None:
        """Lose what was not kept: every open transaction."""
        for connection in self._open.values():
            connection.close()
        self._open.clear()

    def __del__(self) -> None:
        if hasattr(self, "_main"):
            self.close()

    def _fill(
        self, tables: Mapping[str, str], rows: Mapping[str, Sequence[Mapping[str, Json]]]
    ) -> None:
        with self._main.atomically():
            self._main.run(_PAIRS)
            self._main.run(TABLE)
            for table, columns in tables.items():
                self._main.run(f"CREATE TABLE {quoted(table)} ({columns})")
            for table, members in rows.items():
                for row in members:
                    self._main.run(insert(table, row), cells(row.values()))

    def _writing(self, work: Callable[[Connection, Call], Json]) -> Operation:
        def operation(call: Call) -> Json:
            if (connection := self._within(call)) is not None:
                return work(connection, call)
            with self._main.atomically():
                return work(self._main, call)

        return operation

    def _reading(self, work: Callable[[Connection, Call], Json]) -> Operation:
        def operation(call: Call) -> Json:
            if (connection := self._within(call)) is not None:
                return work(connection, call)
            with self._main.atomically(keep=False):
                return work(self._main, call)

        return operation

    def _within(self, call: Call) -> Connection | None:
        """The connection of the transaction that a call names; None for one of its own."""
        if call.payload.get("transaction") is None:
            self._main.random = call.random
            return None
        name = call.text("transaction")
        connection = self._open.get(name)
        if connection is None or not connection.in_transaction:
            raise ServiceError("not_found", f"There is no open transaction {name!r}.")
        connection.random = call.random
        return connection

    def _begin(self, call: Call) -> Json:
        level = call.text("isolation", ISOLATION)
        if level not in LEVELS:
            raise call.refused("isolation", f"one of {', '.join(LEVELS)}", level)
        if len(self._open) >= TRANSACTIONS_MAX:
            raise ServiceError("busy", f"{TRANSACTIONS_MAX} transactions are open.", retryable=True)
        connection = Connection(self._file, backwards=self._backwards)
        try:
            connection.control("BEGIN IMMEDIATE" if call.flag("write") else "BEGIN")
        except ServiceError:
            connection.close()
            raise
        self._begun += 1
        name = f"tx-{self._begun}"
        self._open[name] = connection
        return {"transaction": name, "isolation": ISOLATION}

    def _commit(self, call: Call) -> Json:
        connection = self._named(call)
        connection.control("COMMIT")
        return self._ended(call, connection)

    def _rollback(self, call: Call) -> Json:
        connection = self._named(call)
        connection.control("ROLLBACK")
        return self._ended(call, connection)

    def _named(self, call: Call) -> Connection:
        connection = self._within(call)
        if connection is None:
            raise call.refused("transaction", "a transaction that begin gave", None)
        return connection

    def _ended(self, call: Call, connection: Connection) -> Json:
        connection.close()
        del self._open[call.text("transaction")]
        return {}

    def _transaction(self, call: Call) -> Json:
        changed: list[Json] = []
        self._main.random = call.random
        with self._main.atomically():
            for index, raw in enumerate(call.sequence("statements")):
                if not isinstance(raw, Mapping):
                    raise call.refused(f"statements[{index}]", "an object", raw)
                one = Call(operation=call.operation, payload=raw, random=call.random)
                cursor = self._main.run(one.text("sql"), params_of(one))
                changed.append(max(0, cursor.rowcount))
        return {"rows": changed}


def _execute(connection: Connection, call: Call) -> Json:
    cursor = connection.run(call.text("sql"), params_of(call))
    return {"rows": max(0, cursor.rowcount), "last_id": cursor.lastrowid}


def _query(connection: Connection, call: Call) -> Json:
    if call.payload.get("transaction") is None:  # what it writes is rolled back
        return connection.rows(call.text("sql"), params_of(call))
    with connection.reading():
        return connection.rows(call.text("sql"), params_of(call))


def _upsert(connection: Connection, call: Call) -> Json:
    row = call.mapping("row")
    keys = [str(column) for column in call.sequence("key")]
    others = [f"{quoted(name)} = excluded.{quoted(name)}" for name in row if name not in keys]
    then = f"UPDATE SET {', '.join(others)}" if others else "NOTHING"
    target = ", ".join(map(quoted, keys))
    sql = f"{insert(call.text('table'), row)} ON CONFLICT ({target}) DO {then}"
    return {"rows": max(0, connection.run(sql, cells(row.values())).rowcount)}


def _get(connection: Connection, call: Call) -> Json:
    found = _pair(connection, call)
    if found is None:
        return {"found": False, "value": None, "version": 0}
    return {"found": True, "value": found[0], "version": found[1]}


def _put(connection: Connection, call: Call) -> Json:
    key, text = call.text("key"), canonical_json(call.payload.get("value"))
    found = _pair(connection, call)
    version = found[1] if found else 0
    if found and call.flag("if_absent"):
        raise ServiceError("conflict", f"{key!r} exists, at version {version}.")
    if call.integer("if_version", version) != version:
        raise ServiceError("conflict", f"{key!r} is at version {version}, not the one expected.")
    sql = "INSERT OR REPLACE INTO ptest_pairs VALUES (?, ?, ?, ?)"
    connection.run(sql, (call.text("space", ""), key, text, version + 1))
    return {"version": version + 1}


def _pair(connection: Connection, call: Call) -> tuple[Json, int] | None:
    sql = "SELECT value, version FROM ptest_pairs WHERE space = ? AND key = ?"
    found = connection.run(sql, (call.text("space", ""), call.text("key"))).fetchone()
    return None if found is None else (json.loads(found[0]), int(found[1]))
