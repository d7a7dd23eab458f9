"""SQLite databases where an application's own settings lead, and what goes wrong in statements.

The file is in the temporary folder of the process, and every execution begins with the same rows.
The application opens it with `sqlite3`, whatever stands above that; the connections that it is
given are subclasses of the real ones, so a statement can fail, wait for a lock, or be carried out
while its caller is told that it failed.
"""

import asyncio
import os
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any
from weakref import WeakSet

from production_testers.experiments.target_aiosqlite import LockedError, may_wait, without_threads
from production_testers.model.errors import UsageError
from production_testers.model.target import Target
from production_testers.simulation.loop import RefusedError
from production_testers.simulation.patches import active
from production_testers.suts.contract import Bench
from production_testers.suts.target_values import plain
from production_testers.suts.targets import AT_WORK

ROWS_MAX = 1_000
"""So many rows of an answer are compared; more are the same to laws."""

_WATCHED = frozenset(
    {"BEGIN", "SELECT", "WITH", "INSERT", "REPLACE", "UPDATE", "DELETE", "COMMIT", "END"}
)
_STATEMENT = re.compile(
    r"""\s* (?P<verb>\w+)
    (?:
        (?: (?<=update) \s+ (?:or\s+\w+\s+)? | .*? \b(?:from|into)\b \s* )
        ["`\[]? (?P<table>\w+)
    )?""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)

PATIENCE_S = 5.0
"""So long `sqlite3` waits for a lock where nobody says anything else."""

LOCKED = "database is locked"
FAILS_WITH = {"TimeoutError": LOCKED, "ConnectionError": "unable to open database file"}
"""What a stated fault becomes, as SQLite says it; every other one is a disk I/O error."""


class Database:
    """One database of an application.

    Args:
        name: Of the mock.
        target: The application.
        bench: Decides what goes wrong in its statements.

    Raises:
        UsageError: Its schema cannot be read or executed.
    """

    def __init__(self, name: str, target: Target, bench: Bench) -> None:
        self.name, self.spec, self.bench = name, target.mocks[name], bench
        self.path = os.path.abspath(target.path_of(name, tempfile.gettempdir()))  # noqa: PTH100 - as connect() compares them
        self._script = ""
        if self.spec.schema:
            place = Path(target.folder, self.spec.schema)
            try:
                self._script = place.read_text(encoding="utf-8")
            except (OSError, ValueError) as error:
                raise UsageError(
                    f"mocks.{name}.schema: {place} cannot be read: {error}."
                ) from error

    def begin(self) -> None:
        """Bring it back to the rows that its schema gives; other tables are empty.

        The tables stay: an application makes them once in the life of its process.

        Raises:
            UsageError: Its schema cannot be executed.
        """
        for end in ("rollback", "close"):  # an unfinished query holds a lock, too
            for connection in list(_OPEN.get(self.path, ())):
                with suppress(sqlite3.Error):
                    getattr(connection, end)()
            with suppress(sqlite3.OperationalError):
                self._empty()
                return
        raise UsageError(f"mocks.{self.name}: somebody holds a lock of {self.path}.")

    def _empty(self) -> None:
        with closing(_real_connect(self.path)) as db, closing(_real_connect(":memory:")) as fresh:
            try:
                fresh.executescript(self._script)
            except sqlite3.Error as error:
                raise UsageError(f"mocks.{self.name}.schema: {error}.") from error
            if not _tables(db):
                fresh.backup(db)
                return
            db.execute("pragma foreign_keys = off")
            for table in _tables(db):
                db.execute(f'delete from "{table}"')  # noqa: S608 - a name that SQLite gave
            for table in _tables(fresh):
                rows = fresh.execute(f'select * from "{table}"').fetchall()  # noqa: S608 - likewise
                for row in rows:
                    places = ", ".join("?" * len(row))
                    db.execute(f'insert into "{table}" values ({places})', row)  # noqa: S608
            db.commit()


def _tables(db: sqlite3.Connection) -> list[str]:
    found = db.execute("select name from sqlite_master where type = 'table' order by rowid")
    return [
        name for (name,) in found if name == "sqlite_sequence" or not name.startswith("sqlite_")
    ]


_SERVED: dict[str, Database] = {}
"""Path → the database of the execution that is under way."""

_OPEN: dict[str, "WeakSet[Any]"] = {}
"""Path → connections to it that somebody may still hold."""

_real_connect = sqlite3.connect


def serve_databases(target: Target, bench: Bench) -> None:
    """Have every SQLite database of an application stand where its settings lead, as new.

    Raises:
        UsageError: A schema cannot be used.
    """
    for name, mock in target.mocks.items():
        if mock.is_sqlite:
            sqlite3.connect = sqlite3.dbapi2.connect = _connect
            database = Database(name, target, bench)
            _SERVED[database.path] = database
            database.begin()
    if _SERVED:
        without_threads()


def _connect(database: Any, *args: Any, **kwargs: Any) -> Any:
    """As `sqlite3.connect`; a database of ours is watched."""
    text = os.fsdecode(database)
    path = os.path.abspath(text.removeprefix("file:").partition("?")[0])  # noqa: PTH100 - no link is followed
    if path not in _SERVED:
        return _real_connect(database, *args, **kwargs)
    kwargs["factory"] = _watched(kwargs.get("factory", sqlite3.Connection))
    patience = args[0] if args else kwargs.pop("timeout", PATIENCE_S)
    connection: Any = _real_connect(database, 0, *args[1:], **kwargs)
    sqlite3.Connection.execute(connection, "pragma synchronous = off")  # nobody pulls the plug
    connection.ptest_path, connection.ptest_patience = path, float(patience)
    _OPEN.setdefault(path, WeakSet()).add(connection)
    return connection


@cache
def _watched(base: type[sqlite3.Connection]) -> type[sqlite3.Connection]:
    """A class of connections of which every statement goes through the bench."""
    return type("Watched", (_Connection, base), {})


@cache
def _watched_cursor(base: type[sqlite3.Cursor]) -> type[sqlite3.Cursor]:
    return type("WatchedCursor", (_Cursor, base), {})


class _Connection(sqlite3.Connection):
    """One connection of the application."""

    ptest_path = ""
    ptest_patience = PATIENCE_S
    ptest_effects: tuple[tuple[str, Any], ...] = ()

    def cursor(self, factory: Any = sqlite3.Cursor) -> Any:
        """One whose statements are watched."""
        made = super().cursor(_watched_cursor(factory))
        made.row_factory = self.row_factory
        self.__dict__.setdefault("ptest_cursors", WeakSet()).add(made)
        return made

    def close(self) -> None:
        """An open transaction is rolled back, and no lock is kept.

        The real one leaves that to its cursors' end, and tracebacks hold those of a statement that
        was told to fail.
        """
        for cursor in self.__dict__.get("ptest_cursors", ()):
            cursor.close()
        with suppress(sqlite3.Error):
            super().rollback()
        super().close()

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        """The real one makes cursors of its own."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any]) -> Any:
        """Likewise."""
        return self.cursor().executemany(sql, parameters)

    def commit(self) -> None:
        """What was done since the transaction began has its effect."""
        self.ptest_through("COMMIT", {}, super().commit)

    def rollback(self) -> None:
        """Nothing of it has."""
        self.ptest_effects = ()
        super().rollback()

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> Any:
        """The real one does not call the methods."""
        if kind is None:
            self.commit()
        else:
            self.rollback()
        return False

    def ptest_through(self, operation: str, given: Any, run: Callable[[], Any]) -> Any:
        """Execute something with what goes wrong in it; note what it asks and does."""
        served = _SERVED.get(self.ptest_path)
        if served is None or not operation:
            return self._patiently(run)
        label, wrapped = f"{served.name}.{operation}", AT_WORK.get(None)
        if wrapped is not None:
            wrapped.asked(served.name, [given])
            wrapped.note("asks", operation=label)

        def executed() -> Any:
            """The statement itself."""
            before = self.total_changes
            gave = self._patiently(run)
            if operation in served.spec.effects and self.total_changes > before:
                self.ptest_effects = (*self.ptest_effects, (operation, given))
            if not self.in_transaction:  # so what was done in it has happened
                for done, what in self.ptest_effects:
                    if wrapped is not None:
                        wrapped.wrote(served.name, done, what)
                self.ptest_effects = ()
            return gave

        try:
            return served.bench.around_now(label, executed)
        except (RuntimeError, TimeoutError, ConnectionError) as error:
            said = FAILS_WITH.get(type(error).__name__, "disk I/O error")
            raise sqlite3.OperationalError(said) from error

    def _patiently(self, run: Callable[[], Any]) -> Any:
        """A connection waits for a lock; in virtual time only the loop can let others go on.

        Raises:
            RefusedError: Another thread would go on while this one waits, and there is none.
        """
        try:
            return run()
        except sqlite3.OperationalError as error:
            if str(error) != LOCKED:
                raise
            if may_wait.get(None) is not None:
                raise LockedError(self.ptest_patience) from error
            if active() and asyncio._get_running_loop() is None:  # noqa: SLF001 - in a thread step
                raise RefusedError("a thread that waits for a lock of a database") from error
            time.sleep(self.ptest_patience)
            raise


class _Cursor(sqlite3.Cursor):
    """One cursor of the application."""

    connection: _Connection

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        """One statement."""
        return self._through(sql, parameters, super().execute)

    def executemany(self, sql: str, parameters: Iterable[Any]) -> Any:
        """One statement for every row."""
        return self._through(sql, list(parameters), super().executemany)

    def _through(self, sql: str, parameters: Any, run: Callable[..., Any]) -> Any:
        operation, given = operation_of(sql), {"sql": sql, "parameters": parameters}
        served, wrapped = _SERVED.get(self.connection.ptest_path), AT_WORK.get(None)
        if not operation or served is None or wrapped is None:
            self.connection.ptest_through(operation, given, partial(run, sql, parameters))
            return self
        tell = partial(wrapped.told, served.name, operation, given)
        try:
            self.connection.ptest_through(operation, given, partial(run, sql, parameters))
        except LockedError as error:
            error.tell = partial(tell, error)  # once it is not asked again
            raise
        except sqlite3.Error as error:
            if error.__cause__ is None:  # it is not one that was stated
                tell(error)
            raise
        tell(self._answer(sql, parameters))
        return self

    def _answer(self, sql: str, parameters: Any) -> dict[str, Any]:
        """The rows that a query gives, or how many it changed."""
        if self.description is None or not operation_of(sql).startswith("SELECT"):
            return {"changed": self.rowcount}
        again = sqlite3.Connection.cursor(self.connection)
        again.row_factory = None
        rows = again.execute(sql, parameters).fetchmany(ROWS_MAX)
        again.close()
        return {"rows": [plain(row) for row in rows]}


def operation_of(sql: str) -> str:
    """`INSERT orders`, `COMMIT`: what faults and effects are stated of.

    Empty for what sets a database up.
    """
    found = _STATEMENT.match(sql)
    verb = found["verb"].upper() if found else ""
    if verb not in _WATCHED:
        return ""
    assert found is not None, "it has a verb"
    return f"{verb} {found['table'] or ''}".strip()
