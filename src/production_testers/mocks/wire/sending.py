"""A call as a request: what `read_request` reads back."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from production_testers.mocks.wire.fronts import CALLER, JSON, Asked
from production_testers.mocks.wire.messages import Request
from production_testers.model.canonical import Json, canonical_json

_PATHS: Mapping[str, tuple[str, str]] = {
    "chat": ("POST", "/v1/chat/completions"),
    "chat_stream": ("POST", "/v1/chat/completions"),
    "embed": ("POST", "/v1/embeddings"),
    "models": ("GET", "/v1/models"),
}
_METHODS = ("get", "post", "put", "patch", "delete")


def write_request(asked: Asked) -> Request:
    """The request of a call."""
    headers = {"content-type": JSON}
    if asked.caller:
        headers[CALLER] = asked.caller
    if asked.service == "llm" and asked.operation in _PATHS:
        method, path = _PATHS[asked.operation]
        payload = dict(asked.payload)
        if asked.operation == "chat_stream":
            payload["stream"] = True
        body = b"" if method == "GET" else canonical_json(payload).encode()
        return Request(method=method, path=path, headers=headers, body=body)
    if asked.service == "api" and asked.operation in _METHODS:
        return _to_endpoint(asked, headers)
    path = f"/{asked.service}/{quote(asked.operation)}"
    return Request(
        method="POST", path=path, headers=headers, body=canonical_json(asked.payload).encode()
    )


def _to_endpoint(asked: Asked, headers: dict[str, str]) -> Request:
    payload = asked.payload
    path = f"/api{quote(str(payload['path']))}"
    query = payload.get("query")
    if isinstance(query, Mapping) and query:
        path += "?" + urlencode({name: str(value) for name, value in query.items()})
    if token := payload.get("token"):
        headers["authorization"] = f"Bearer {token}"
    if key := payload.get("idempotency_key"):
        headers["idempotency-key"] = str(key)
    body: Json = payload.get("body")
    encoded = canonical_json(body).encode() if body else b""
    return Request(method=asked.operation.upper(), path=path, headers=headers, body=encoded)
