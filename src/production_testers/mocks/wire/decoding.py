"""What a client library makes of a reply: the answer, or an error with a code to branch on.

connection_refused, connection_reset, connection_lost …    nothing or not all arrived; retryable
the service's own code          it refused; retryable for 408, 429 and from 500 on
http_STATUS                     an error page that is not the service's
bad_answer                      a success whose body is not what it says it is
stream_cut                      a stream that ended without saying so; retryable
"""

import json
from collections.abc import Mapping
from typing import Any

from production_testers.mocks.services.contract import ServiceError
from production_testers.mocks.wire.fronts import JSON, SSE
from production_testers.mocks.wire.messages import Ending, Reply
from production_testers.model.canonical import Json

PASSING = (408, 425, 429)
"""Statuses below 500 that may be another one the next time."""

_LOST = {Ending.CUT: "connection_lost", Ending.RESET: "connection_reset"}


def decode(service: str, operation: str, reply: Reply) -> Json:
    """The answer in a reply.

    Raises:
        ServiceError: There is none; see the module for the codes.
    """
    if reply.broken:
        raise ServiceError(reply.broken, "The call did not reach the service.", retryable=True)
    if reply.ending in _LOST:
        raise ServiceError(
            _LOST[reply.ending], f"It ended after {len(reply.body)} bytes.", retryable=True
        )
    if reply.status >= 300:
        raise _refusal(reply)
    if service == "llm" and operation == "chat_stream":
        return _events(reply)
    body: Json = _json(reply)
    if service == "api":
        return {"status": reply.status, "body": body}
    return body


def _json(reply: Reply) -> Any:
    """The body as JSON, if it says that it is."""
    kind = reply.headers.get("content-type", "").partition(";")[0].strip()
    if kind != JSON:
        raise ServiceError("bad_answer", f"The answer is {kind or 'of no kind'}, not {JSON}.")
    try:
        return json.loads(reply.body)
    except ValueError as error:
        raise ServiceError("bad_answer", f"The answer is no JSON: {error}.") from error


def _refusal(reply: Reply) -> ServiceError:
    passing = reply.status >= 500 or reply.status in PASSING
    try:
        told = _json(reply)["error"]
        code, message = str(told["code"]), str(told["message"])
        retryable = told.get("retryable", passing)
    except (ServiceError, KeyError, TypeError):
        page = f"The answer has status {reply.status}."
        return ServiceError(f"http_{reply.status}", page, retryable=passing)
    own = told.get("details")
    details = own if isinstance(own, Mapping) else {}
    return ServiceError(code, message, retryable=bool(retryable), details=details)


def _events(reply: Reply) -> list[Json]:
    """The chunks of a stream of server-sent events."""
    if reply.headers.get("content-type", "").partition(";")[0].strip() != SSE:
        raise ServiceError("bad_answer", f"The answer is no {SSE}.")
    found: list[Json] = []
    for event in reply.body.decode("utf-8", "replace").split("\n\n"):
        if not event:
            continue
        data = event.removeprefix("data: ")
        if data == "[DONE]":
            return found
        try:
            found.append(json.loads(data))
        except ValueError as error:
            raise ServiceError("bad_answer", f"An event is no JSON: {error}.") from error
    raise ServiceError("stream_cut", f"It ended after {len(found)} chunks.", retryable=True)
