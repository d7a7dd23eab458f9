"""A host at the other end of a socket, called as one in this process is."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self

import aiohttp

from production_testers.mocks.services.contract import ServiceError
from production_testers.mocks.wire.decoding import decode
from production_testers.mocks.wire.fronts import Asked
from production_testers.mocks.wire.messages import Reply, Request
from production_testers.mocks.wire.sending import write_request
from production_testers.model.canonical import Json


class RemoteHost:
    """Calls services over HTTP; an async context manager.

    Args:
        url: Of the server, as `http://127.0.0.1:8080`.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(self._url, auto_decompress=False)
        self._session._retry_connection = False  # noqa: SLF001 - it would hide what went wrong
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        assert self._session is not None, "entered before"
        await self._session.close()

    async def call(
        self, service: str, operation: str, payload: Mapping[str, Json], caller: str = ""
    ) -> Json:
        """Call an operation and get what a client library gives; see `Host.call`.

        Raises:
            ServiceError: The service refuses, or the answer does not arrive as one.
        """
        reply = await self.exchange(write_request(Asked(service, operation, payload, caller)))
        return decode(service, operation, reply)

    async def exchange(self, request: Request) -> Reply:
        """Send a request; the reply holds what arrived.

        Raises:
            ServiceError: `connection_refused`, `connection_reset`, `connection_lost`.
        """
        assert self._session is not None, "use it as a context manager"
        try:
            async with self._session.request(
                request.method,
                request.path,
                headers=request.headers,
                data=request.body,
                allow_redirects=False,
            ) as response:
                body = await response.read()
        except aiohttp.ClientConnectorError as error:
            raise ServiceError("connection_refused", f"{error}", retryable=True) from error
        except aiohttp.ClientPayloadError as error:
            was_reset = "ConnectionResetError" in str(error)  # its cause is the parser's error
            code = "connection_reset" if was_reset else "connection_lost"
            raise ServiceError(code, f"{error}", retryable=True) from error
        except (aiohttp.ClientConnectionError, ConnectionError) as error:
            raise ServiceError("connection_reset", f"{error}", retryable=True) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(status=response.status, headers=headers, chunks=(body,))
