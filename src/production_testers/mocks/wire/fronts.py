"""HTTP around the services: which request is which operation, and how answers are written.

    POST /v1/chat/completions, POST /v1/embeddings, GET /v1/models    as OpenAI's API
    ANY  /api/…                                                       the endpoints of `api`
    POST /db/OPERATION, POST /infra/OPERATION, POST /SERVICE/OPERATION    the payload as JSON

The header `x-ptest-caller` names the caller of a call, as `run/stage`; occasions of faults are
named by it.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from production_testers.mocks.services.contract import ServiceError
from production_testers.mocks.wire.messages import Reply, Request
from production_testers.model.canonical import Json

CALLER = "x-ptest-caller"
NAMED_HEADERS = ("connection", "content-length", "date", "server", "transfer-encoding")
"""Headers that the server adds of its own: in these alone a real reply differs."""

JSON = "application/json"
SSE = "text/event-stream"
DONE = b"data: [DONE]\n\n"

STATUS: Mapping[str, int] = {
    "bad_request": 400,
    "context_length_exceeded": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "name_not_found": 404,
    "unknown_operation": 404,
    "method_not_allowed": 405,
    "busy": 409,
    "conflict": 409,
    "invalid": 422,
    "lease_held": 423,
    "rate_limited": 429,
    "internal": 500,
    "disk_full": 507,
}
UNAVAILABLE = 503
"""Of every other refusal: what the service has is used up, or gone."""

_OPENAI = {("POST", "chat/completions"): "chat", ("POST", "embeddings"): "embed"}
_OPENAI |= {("GET", "models"): "models"}
_WAIT_MS = "retry_after_ms"


class Asked(NamedTuple):
    """What a request asks for.

    Attributes:
        service: Of which service.
        operation: Which operation.
        payload: With what.
        caller: Who asks, where it says so.
    """

    service: str
    operation: str
    payload: Mapping[str, Json]
    caller: str


def read_request(request: Request) -> Asked:
    """The operation that a request asks for.

    Raises:
        ServiceError: `not_found` for another path, `bad_request` for a body that is no object.
    """
    parts = urlsplit(request.path)
    head, _, rest = parts.path.lstrip("/").partition("/")
    caller = request.headers.get(CALLER, "")
    if head == "v1":
        operation = _OPENAI.get((request.method, rest))
        if operation is None:
            raise ServiceError("not_found", f"There is no {request.method} {parts.path}.")
        payload = _payload(request)
        if operation == "chat" and payload.get("stream") is True:
            operation = "chat_stream"
        return Asked("llm", operation, payload, caller)
    if head == "api":
        return Asked(
            "api", request.method.lower(), _of_endpoint(request, rest, parts.query), caller
        )
    if not head or not rest or request.method != "POST":
        raise ServiceError("not_found", f"There is no {request.method} {parts.path}.")
    return Asked(head, unquote(rest), _payload(request), caller)


def _payload(request: Request) -> Mapping[str, Json]:
    if not request.body:
        return {}
    try:
        payload = json.loads(request.body)
    except ValueError as error:
        raise ServiceError("bad_request", f"The body is no JSON: {error}.") from error
    if not isinstance(payload, Mapping):
        raise ServiceError("bad_request", "The body is no object.")
    return payload


def _of_endpoint(request: Request, path: str, query: str) -> dict[str, Json]:
    payload: dict[str, Json] = {"path": f"/{unquote(path)}"}
    if query:
        asked: dict[str, Json] = dict(parse_qsl(query, keep_blank_values=True))
        if "limit" in asked and str(asked["limit"]).isdecimal():
            asked["limit"] = int(str(asked["limit"]))
        payload["query"] = asked
    if body := _payload(request):
        payload["body"] = body
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        payload["token"] = token
    if key := request.headers.get("idempotency-key"):
        payload["idempotency_key"] = key
    return payload


def encode_answer(service: str, operation: str, answer: Json) -> Reply:
    """An answer as it is sent."""
    if service == "llm" and operation == "chat_stream" and isinstance(answer, list):
        events = tuple(b"data: " + _bytes(chunk) + b"\n\n" for chunk in answer)
        return Reply(headers={"content-type": SSE}, chunks=(*events, DONE), streamed=True)
    if service == "api" and isinstance(answer, Mapping) and set(answer) == {"status", "body"}:
        status: Any = answer["status"]
        return Reply(
            status=status, headers={"content-type": JSON}, chunks=(_bytes(answer["body"]),)
        )
    return Reply(headers={"content-type": JSON}, chunks=(_bytes(answer),))


def encode_error(service: str, error: ServiceError) -> Reply:
    """A refusal as it is sent: the status, what to wait, and the error in the body."""
    headers = {"content-type": JSON}
    wait_ms: Any = error.details.get(_WAIT_MS)
    if wait_ms is not None:
        headers["retry-after"] = str(-(-int(wait_ms) // 1000))
        headers["retry-after-ms"] = str(int(wait_ms))
    told: dict[str, Json] = error.as_json()
    if service == "llm":  # as OpenAI's API tells it, and no more than that beside our own
        told |= {"type": "invalid_request_error", "param": None}
    return Reply(
        status=STATUS.get(error.code, UNAVAILABLE),
        headers=headers,
        chunks=(_bytes({"error": told}),),
    )


def _bytes(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()
