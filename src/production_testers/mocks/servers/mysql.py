"""The database over MySQL's wire protocol, by mysql-mimic: any MySQL client can ask it.

Statements are read as MySQL's and given to SQLite in its own words, as far as sqlglot translates
them. A connection has one transaction at a time; faults of `db` happen to its statements.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum
from typing import Any

from mysql_mimic import MysqlServer, Session
from mysql_mimic.connection import Connection
from mysql_mimic.errors import ErrorCode, MysqlError
from mysql_mimic.results import AllowedResult
from mysql_mimic.session import Query
from sqlglot import expressions as exp

from production_testers.mocks.host import Host
from production_testers.mocks.services.contract import ServiceError
from production_testers.model.canonical import Json

DATABASE = "main"
"""The one that every client is in."""

_READS = (exp.Query, exp.Values)


class _Code(IntEnum):
    """Numbers that clients of MySQL know and the library does not name."""

    DUP_ENTRY = 1062
    LOCK_WAIT_TIMEOUT = 1205


_CODES = {
    "conflict": _Code.DUP_ENTRY,
    "busy": _Code.LOCK_WAIT_TIMEOUT,
    "bad_request": ErrorCode.PARSE_ERROR,
}


class _Session(Session):  # type: ignore[misc]  # the library has no types
    """One connection of a client."""

    database: str | None

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self._transaction: str | None = None
        self.middlewares.insert(0, self._control)

    async def init(self, connection: Connection) -> None:
        """A client has come in; it is in the one database, whether it says so or not."""
        await super().init(connection)
        self.database = self.database or DATABASE

    async def _control(self, query: Query) -> AllowedResult:
        """BEGIN, COMMIT and ROLLBACK reach the database; the library answers them by itself."""
        if isinstance(query.expression, exp.Transaction):
            await self._end("commit")
            begun: Any = await self._call("begin", {})
            self._transaction = begun["transaction"]
        elif isinstance(query.expression, exp.Commit):
            await self._end("commit")
        elif isinstance(query.expression, exp.Rollback):
            await self._end("rollback")
        return await query.next()

    async def _end(self, how: str) -> None:
        if self._transaction is not None:
            await self._call(how, {"transaction": self._transaction})
            self._transaction = None

    async def query(
        self, expression: exp.Expression, sql: str, attrs: dict[str, str]
    ) -> AllowedResult:
        """Execute one statement of the client's."""
        del sql, attrs
        within: dict[str, Json] = (
            {} if self._transaction is None else {"transaction": self._transaction}
        )
        said: dict[str, Json] = {"sql": expression.sql(dialect="sqlite"), **within}
        if not isinstance(expression, _READS):
            await self._call("execute", said)
            return [], []
        rows: Any = await self._call("query", said)
        columns = list(rows[0]) if rows else [one.alias_or_name for one in expression.selects]
        return [tuple(row.values()) for row in rows], columns

    async def schema(self) -> dict[str, dict[str, dict[str, str]]]:
        """The tables, for SHOW and INFORMATION_SCHEMA."""
        tables: Any = await self._host.call("db", "tables", {})
        return {DATABASE: tables}

    async def close(self) -> None:
        """The client has gone: what it did not commit is not kept."""
        try:
            await self._end("rollback")
        except MysqlError:
            self._transaction = None
        await super().close()

    async def _call(self, operation: str, payload: dict[str, Json]) -> Json:
        try:
            return await self._host.call("db", operation, payload)
        except ServiceError as error:
            code = _CODES.get(error.code, ErrorCode.UNKNOWN_ERROR)
            raise MysqlError(f"{error.code}: {error.message}", code=code) from error


@asynccontextmanager
async def serving_mysql(
    host: Host, *, port: int = 0, address: str = "127.0.0.1"
) -> AsyncIterator[int]:
    """Serve a host's `db` in the running loop; gives the port. Any user may come in."""
    server = MysqlServer(session_factory=lambda: _Session(host))
    await server.start_server(host=address, port=port)
    bound = server._server.sockets[0].getsockname()[1]  # noqa: SLF001 - the library does not say which port it got
    try:
        yield bound
    finally:
        server.close()
        await server.wait_closed()
