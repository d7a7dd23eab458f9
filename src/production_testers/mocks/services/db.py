"""A database in memory: real SQL, real constraints, real transactions, no file."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random

from production_testers.mocks.services.call import Call, Operation, dispatch
from production_testers.mocks.services.contract import ServiceError
from production_testers.model.canonical import Json, canonical_json
from production_testers.model.seeds import derive

STEPS_MAX = 10_000_000
"""Instructions of SQLite's machine after which a statement that gives no row is stopped."""

_PAIRS = (
    "CREATE TABLE ptest_pairs"
    " (space TEXT, key TEXT, value TEXT, version INTEGER, PRIMARY KEY (space, key))"
)
_CLOCKS = {"current_date", "current_time", "current_timestamp", "date", "time", "datetime"}
_CLOCKS |= {"julianday", "unixepoch", "strftime", "timediff"}
_DENIED_FUNCTIONS = _CLOCKS | {"randomblob", "load_extension"}
_DENIED_ACTIONS = {
    sqlite3.SQLITE_ATTACH,
    sqlite3.SQLITE_DETACH,
    sqlite3.SQLITE_PRAGMA,
    sqlite3.SQLITE_TRANSACTION,
    sqlite3.SQLITE_SAVEPOINT,
}

_Cell = None | int | float | str | bytes


class MockDatabase:
    """An SQL database with a key-value convenience.

    Every operation is one transaction. A broken constraint is `conflict`; SQL that cannot run
    is `bad_request`; what would reach a clock, a file or the transaction is `forbidden`; a
    statement that does not end is `too_expensive`. SQL's `random()` draws from the call.

    Operations:
        execute: {sql, params?} → {rows: changed, last_id}
        query: {sql, params?} → list of rows as objects; it never changes anything
        transaction: {statements: [{sql, params?}]} → {rows: [changed, …]}, all or nothing
        upsert: {table, key: [columns], row} → {rows}; needs a unique constraint on key
        get: {key, space?} → {found, value, version}
        put: {key, value, space?, if_absent?, if_version?} → {version}; `conflict` when the
            key exists and `if_absent`, or its version is not `if_version`

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
        self._random = Random(0)
        self._ours = False
        # Without a cache every statement meets the authorizer anew.
        self._connection = sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False, cached_statements=0
        )
        self._operations: Mapping[str, Operation] = {
            "execute": self._execute,
            "query": self._query,
            "transaction": self._transaction,
            "upsert": self._upsert,
            "get": self._get,
            "put": self._put,
        }
        self._prepare(backwards=derive(seed, "db", "order") % 2 == 1)
        self._fill(tables or {}, rows or {})

    def handle(self, operation: str, payload: Mapping[str, Json], random: Random) -> Json:
        """Do one operation; see the class for the operations."""
        self._random = random
        call = Call(operation=operation, payload=payload, random=random)
        return dispatch(self.name, self._operations, call)

    def close(self) -> None:
        """Give the memory back; the database cannot be used afterwards."""
        self._connection.close()

    def __del__(self) -> None:
        self._connection.close()

    def _prepare(self, *, backwards: bool) -> None:
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.execute(f"PRAGMA reverse_unordered_selects = {int(backwards)}")
        self._connection.create_function("random", 0, self._draw)
        self._connection.set_authorizer(self._authorize)
        self._connection.set_progress_handler(_stop, STEPS_MAX)

    def _fill(
        self, tables: Mapping[str, str], rows: Mapping[str, Sequence[Mapping[str, Json]]]
    ) -> None:
        with self._atomically():
            self._run(_PAIRS, ())
            for table, columns in tables.items():
                self._run(f"CREATE TABLE {_quoted(table)} ({columns})", ())
            for table, members in rows.items():
                for row in members:
                    self._run(_insert(table, row), _cells(row.values()))

    def _draw(self) -> int:
        return self._random.getrandbits(64) - 2**63

    def _authorize(
        self, action: int, _first: str | None, second: str | None, *_: str | None
    ) -> int:
        denied = action in _DENIED_ACTIONS and not self._ours
        if action == sqlite3.SQLITE_FUNCTION:
            denied = str(second).lower() in _DENIED_FUNCTIONS
        return sqlite3.SQLITE_DENY if denied else sqlite3.SQLITE_OK

    @contextmanager
    def _atomically(self, *, keep: bool = True) -> Iterator[None]:
        self._control("BEGIN")
        try:
            yield
        except BaseException:
            self._control("ROLLBACK")
            raise
        self._control("COMMIT" if keep else "ROLLBACK")

    def _control(self, statement: str) -> None:
        if statement != "BEGIN" and not self._connection.in_transaction:
            return  # SQLite itself rolls back a statement that was stopped
        self._ours = True
        try:
            self._connection.execute(statement)
        except sqlite3.IntegrityError as error:  # a deferred constraint speaks at COMMIT
            self._connection.execute("ROLLBACK")
            raise _translated(error) from error
        finally:
            self._ours = False

    def _run(self, sql: str, params: Sequence[_Cell] | Mapping[str, _Cell]) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, params)
        except _SQL_ERRORS as error:
            raise _translated(error) from error

    def _execute(self, call: Call) -> Json:
        with self._atomically():
            cursor = self._run(call.text("sql"), _params(call))
            return {"rows": max(0, cursor.rowcount), "last_id": cursor.lastrowid}

    def _query(self, call: Call) -> Json:
        with self._atomically(keep=False):
            cursor = self._run(call.text("sql"), _params(call))
            if cursor.description is None:
                raise ServiceError("bad_request", "The statement gives no rows; use execute.")
            columns = [column[0] for column in cursor.description]
            try:
                return [dict(zip(columns, map(_plain, row), strict=True)) for row in cursor]
            except _SQL_ERRORS as error:
                raise _translated(error) from error
            finally:
                cursor.close()

    def _transaction(self, call: Call) -> Json:
        changed: list[Json] = []
        with self._atomically():
            for index, raw in enumerate(call.sequence("statements")):
                if not isinstance(raw, Mapping):
                    raise call.refused(f"statements[{index}]", "an object", raw)
                one = Call(operation=call.operation, payload=raw, random=call.random)
                changed.append(max(0, self._run(one.text("sql"), _params(one)).rowcount))
        return {"rows": changed}

    def _upsert(self, call: Call) -> Json:
        row = call.mapping("row")
        keys = [str(column) for column in call.sequence("key")]
        others = [
            f"{_quoted(column)} = excluded.{_quoted(column)}"
            for column in row
            if column not in keys
        ]
        then = f"UPDATE SET {', '.join(others)}" if others else "NOTHING"
        target = ", ".join(map(_quoted, keys))
        sql = f"{_insert(call.text('table'), row)} ON CONFLICT ({target}) DO {then}"
        with self._atomically():
            return {"rows": max(0, self._run(sql, _cells(row.values())).rowcount)}

    def _get(self, call: Call) -> Json:
        found = self._pair(call)
        if found is None:
            return {"found": False, "value": None, "version": 0}
        return {"found": True, "value": found[0], "version": found[1]}

    def _put(self, call: Call) -> Json:
        key, text = call.text("key"), canonical_json(call.payload.get("value"))
        with self._atomically():
            found = self._pair(call)
            version = found[1] if found else 0
            if found and call.flag("if_absent"):
                raise ServiceError("conflict", f"{key!r} exists, at version {version}.")
            if call.integer("if_version", version) != version:
                raise ServiceError(
                    "conflict", f"{key!r} is at version {version}, not the one expected."
                )
            sql = "INSERT OR REPLACE INTO ptest_pairs VALUES (?, ?, ?, ?)"
            self._run(sql, (call.text("space", ""), key, text, version + 1))
        return {"version": version + 1}

    def _pair(self, call: Call) -> tuple[Json, int] | None:
        sql = "SELECT value, version FROM ptest_pairs WHERE space = ? AND key = ?"
        found = self._run(sql, (call.text("space", ""), call.text("key"))).fetchone()
        return None if found is None else (json.loads(found[0]), int(found[1]))


_SQL_ERRORS = (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeError)


def _translated(error: Exception) -> ServiceError:
    if isinstance(error, sqlite3.IntegrityError):
        return ServiceError("conflict", f"{error}.")
    text = str(error)
    if "not authorized" in text or "prohibited" in text:
        return ServiceError("forbidden", f"{text}: pass times and identifiers as parameters.")
    if "interrupted" in text:
        return ServiceError("too_expensive", f"The statement took over {STEPS_MAX} steps.")
    return ServiceError("bad_request", f"{text}.")


def _stop() -> int:
    return 1


def _params(call: Call) -> Sequence[_Cell] | Mapping[str, _Cell]:
    params = call.payload.get("params")
    if isinstance(params, Mapping):
        return dict(zip(params, _cells(params.values()), strict=True))
    return _cells(call.sequence("params", ()))


def _cells(values: Iterable[Json]) -> list[_Cell]:
    """What SQLite can hold; objects and lists become JSON text."""
    return [
        value if value is None or isinstance(value, (int, float, str)) else canonical_json(value)
        for value in values
    ]


def _plain(cell: _Cell) -> Json:
    return cell.hex() if isinstance(cell, bytes) else cell


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _insert(table: str, row: Mapping[str, Json]) -> str:
    columns = ", ".join(map(_quoted, row))
    places = ", ".join("?" * len(row))
    return f"INSERT INTO {_quoted(table)} ({columns}) VALUES ({places})"  # noqa: S608 - names are quoted, values are bound
