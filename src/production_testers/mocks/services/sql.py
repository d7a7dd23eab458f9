"""One connection to a database in memory: SQL that reaches no clock, no file and no transaction.

Connections of one database share its data. SQLite's isolation is *serializable*, by locks over
the whole database: one transaction writes at a time; where another one is in the way, a statement
is refused as `busy` at once instead of waiting. No weaker level can be had.
"""

import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

from production_testers.mocks.services.call import Call
from production_testers.mocks.services.contract import ServiceError
from production_testers.model.canonical import Json, canonical_json

STEPS_MAX = 10_000_000
"""Instructions of SQLite's machine after which a statement that gives no row is stopped."""

Cell = None | int | float | str | bytes
Params = Sequence[Cell] | Mapping[str, Cell]

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
_WRITES = {sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}
_ERRORS = (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeError)
_numbers = itertools.count()


def new_name() -> str:
    """A name under which connections of this process find one database in memory."""
    return f"file:/ptest-{next(_numbers)}?vfs=memdb"


class Connection:
    """One connection.

    Args:
        name: Of the database; it lives as long as one connection to it.
        backwards: Whether queries without ORDER BY come backwards.

    Attributes:
        random: What SQL's `random()` draws from.
    """

    def __init__(self, name: str, *, backwards: bool) -> None:
        self.random = Random(0)
        self._ours = False
        self._reads = False
        # Without a cache every statement meets the authorizer anew.
        self._connection = sqlite3.connect(
            name, uri=True, timeout=0, isolation_level=None, check_same_thread=False,
            cached_statements=0,
        )  # fmt: skip
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.execute(f"PRAGMA reverse_unordered_selects = {int(backwards)}")
        self._connection.create_function("random", 0, self._draw)
        self._connection.set_authorizer(self._authorize)
        self._connection.set_progress_handler(_stop, STEPS_MAX)

    def close(self) -> None:
        """Give up the connection; an open transaction of it is rolled back."""
        self._connection.close()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.in_transaction

    def control(self, statement: str) -> None:
        """BEGIN, COMMIT or ROLLBACK; the last two do nothing outside of a transaction.

        Raises:
            ServiceError: `conflict` at COMMIT, and nothing is kept; `busy`, and it stays open.
        """
        if not statement.startswith("BEGIN") and not self._connection.in_transaction:
            return  # SQLite itself rolls back a statement that was stopped
        self._ours = True
        try:
            self._connection.execute(statement)
        except sqlite3.IntegrityError as error:  # a deferred constraint speaks at COMMIT
            self._connection.execute("ROLLBACK")
            raise translated(error) from error
        except sqlite3.Error as error:
            raise translated(error) from error
        finally:
            self._ours = False

    @contextmanager
    def atomically(self, *, keep: bool = True) -> Iterator[None]:
        """One transaction around a block, kept at its end unless the block raises."""
        self.control("BEGIN")
        try:
            yield
        except BaseException:
            self.control("ROLLBACK")
            raise
        try:
            self.control("COMMIT" if keep else "ROLLBACK")
        except ServiceError:
            self.control("ROLLBACK")
            raise

    def run(self, sql: str, params: Params = ()) -> sqlite3.Cursor:
        """Execute one statement.

        Raises:
            ServiceError: `conflict`, `bad_request`, `forbidden`, `too_expensive` or `busy`.
        """
        try:
            return self._connection.execute(sql, params)
        except _ERRORS as error:
            raise translated(error) from error

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Inside an open transaction, statements of the block may not write."""
        self._reads = True
        try:
            yield
        finally:
            self._reads = False

    def rows(self, sql: str, params: Params = ()) -> list[Json]:
        """The rows that a statement gives, as objects; raises as `run` does."""
        cursor = self.run(sql, params)
        if cursor.description is None:
            raise ServiceError("bad_request", "The statement gives no rows; use execute.")
        columns = [column[0] for column in cursor.description]
        try:
            return [dict(zip(columns, map(_plain, row), strict=True)) for row in cursor]
        except _ERRORS as error:
            raise translated(error) from error
        finally:
            cursor.close()

    def tables(self) -> dict[str, Json]:
        """Name → column → type, of every table that is not the database's own."""
        self._ours = True
        try:
            names = self._connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'ptest\\_%'"
                " ESCAPE '\\' ORDER BY name"
            ).fetchall()
            return {
                name: {
                    column[1]: column[2]
                    for column in self._connection.execute(f"PRAGMA table_info({quoted(name)})")
                }
                for (name,) in names
            }
        finally:
            self._ours = False

    def _draw(self) -> int:
        return self.random.getrandbits(64) - 2**63

    def _authorize(
        self, action: int, _first: str | None, second: str | None, *_: str | None
    ) -> int:
        denied = action in _DENIED_ACTIONS and not self._ours
        if self._reads and action in _WRITES:
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_FUNCTION:
            denied = str(second).lower() in _DENIED_FUNCTIONS
        return sqlite3.SQLITE_DENY if denied else sqlite3.SQLITE_OK


def translated(error: Exception) -> ServiceError:
    """What a caller is told of an error of SQLite's."""
    if isinstance(error, sqlite3.IntegrityError):
        return ServiceError("conflict", f"{error}.")
    text = str(error)
    if "not authorized" in text or "prohibited" in text:
        return ServiceError(
            "forbidden", f"{text}: pass times and identifiers as parameters, write with execute."
        )
    if "interrupted" in text:
        return ServiceError("too_expensive", f"The statement took over {STEPS_MAX} steps.")
    if "locked" in text:
        return ServiceError("busy", "Another transaction is in the way.", retryable=True)
    return ServiceError("bad_request", f"{text}.")


def _stop() -> int:
    return 1


def params_of(call: Call) -> Params:
    """The parameters of a statement, by place or by name."""
    params = call.payload.get("params")
    if isinstance(params, Mapping):
        return dict(zip(params, cells(params.values()), strict=True))
    return cells(call.sequence("params", ()))


def cells(values: Iterable[Json]) -> list[Cell]:
    """What SQLite can hold; objects and lists become JSON text."""
    return [
        value if value is None or isinstance(value, (int, float, str)) else canonical_json(value)
        for value in values
    ]


def _plain(cell: Cell) -> Json:
    return cell.hex() if isinstance(cell, bytes) else cell


def quoted(name: str) -> str:
    """A name as it stands in a statement."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def insert(table: str, row: Mapping[str, Any]) -> str:
    """The statement that puts a row into a table; its values are bound."""
    columns = ", ".join(map(quoted, row))
    places = ", ".join("?" * len(row))
    return f"INSERT INTO {quoted(table)} ({columns}) VALUES ({places})"  # noqa: S608 - names are quoted, values are bound
