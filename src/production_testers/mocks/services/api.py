"""An external API made of declared endpoints."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from production_testers.mocks.services.call import Call, Operation, copied, dispatch
from production_testers.mocks.services.contract import ServiceError, stopped_clock
from production_testers.mocks.services.schema import declared, mistakes
from production_testers.mocks.services.webhooks import Outbox
from production_testers.model.canonical import Json, digest
from production_testers.model.errors import UsageError
from production_testers.model.seeds import derive

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PLACE = re.compile(r"\{([\w.]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """What an endpoint's response function is given.

    Attributes:
        method: GET, POST, …
        path: As it was asked for.
        params: The parts of the path that its template names.
        query: The query.
        body: The body.
        random: Belongs to this call alone.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Json] = field(default_factory=dict)
    body: Mapping[str, Json] = field(default_factory=dict)
    random: Random


Respond = Callable[[ApiRequest], Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One endpoint.

    Attributes:
        method: GET, POST, PUT, PATCH or DELETE.
        path: With named parts, as `/payments/{id}`.
        response: A JSON template or a function. In a template, `{id}` is a part of the path,
            `{body.x}` and `{query.x}` are members of the request, `{new_id}` is an id drawn
            for this call, `{seed_id}` one that belongs to the seed and the path. A text that
            is one place and nothing else keeps the type of the value.
        status: Of a success.
        required: Members that the body must hold.
        schema: JSON Schema that the body must keep; see `schema` for the words it knows.
        token: What the caller must present; None when anybody may call.
        rate_limit: Calls it takes in a window, then `rate_limited`; None for all.
        rate_window_ms: How long a window lasts; None for the service's life.
        retry_after_ms: What `rate_limited` tells the caller to wait, milliseconds; where there
            are windows, it is told to wait until the next one begins instead.
        page_size: The response is a list, given in pages of at most this many:
            {items, next_cursor}, by the query's `limit` and `cursor`. None for the whole.
        webhook: Event that subscribers are sent when it has done its work; None for none.

    Raises:
        UsageError: The method is unknown, the path does not start with a slash, or the schema
            says something that is not checked.
    """

    method: str
    path: str
    response: Json | Respond
    status: int = 200
    required: tuple[str, ...] = ()
    schema: Mapping[str, Json] | None = None
    token: str | None = None
    rate_limit: int | None = None
    rate_window_ms: float | None = None
    retry_after_ms: int = 1000
    page_size: int | None = None
    webhook: str | None = None

    def __post_init__(self) -> None:
        if self.method not in _METHODS or not self.path.startswith("/"):
            seen = f"{self.method} {self.path}"
            raise UsageError(
                f"Endpoint {seen!r} is none.", do=f"Say one of {', '.join(_METHODS)} and a /path."
            )
        if self.schema is not None:
            declared(self.schema)

    @property
    def label(self) -> str:
        """Method and path template."""
        return f"{self.method} {self.path}"


class MockApi:
    """An API that answers by its endpoints.

    A call is checked in this order: path (`not_found`), method (`method_not_allowed`), token
    (`unauthorized`), rate (`rate_limited`, retryable, details.retry_after_ms), body
    (`invalid`, details.missing or details.mistakes), idempotency key. The same key with the same
    body gives the first answer again and does nothing; with another body it is a `conflict`.

    Operations:
        request: {method, path, query?, body?, token?, idempotency_key?} → {status, body}
        get, post, put, patch, delete: the same, without method
        performed: {} → endpoint → how often it did its work; repeated keys do not count
        webhooks: {} → events that are owed to subscribers, each one attempt more:
            [{id, event, body, signature, attempt}]
        webhook_ack: {id} → {waiting}: a subscriber has got it

    Args:
        seed: Reaches `{seed_id}`.
        endpoints: The first whose path and method fit answers.

    Attributes:
        now: Milliseconds since the start, as whoever hosts the service tells.
    """

    name: str = "api"

    def __init__(self, seed: int, endpoints: Sequence[Endpoint] = ()) -> None:
        self._seed = seed
        self._endpoints = tuple((_path_pattern(endpoint.path), endpoint) for endpoint in endpoints)
        self.now: Callable[[], float] = stopped_clock
        self.outbox = Outbox(seed)
        self._taken: Counter[tuple[str, int]] = Counter()
        self._performed: Counter[str] = Counter()
        self._answered: dict[tuple[str, str, str], tuple[str, Json]] = {}
        self._operations: Mapping[str, Operation] = {
            "request": lambda call: self._request(call, call.text("method").upper()),
            "performed": lambda _call: dict(self._performed),
            "webhooks": self.outbox.due,
            "webhook_ack": self.outbox.acknowledge,
            **{method.lower(): self._shortcut for method in _METHODS},
        }

    @property
    def operations(self) -> tuple[str, ...]:
        """The names of its operations."""
        return tuple(self._operations)

    def handle(self, operation: str, payload: Mapping[str, Json], random: Random) -> Json:
        """Answer one request; see the class for the operations."""
        call = Call(operation=operation, payload=payload, random=random)
        return dispatch(self.name, self._operations, call)

    def _shortcut(self, call: Call) -> Json:
        return self._request(call, call.operation.upper())

    def _request(self, call: Call, method: str) -> Json:
        endpoint, params = self._match(method, call.text("path"))
        self._admit(endpoint, call)
        request = ApiRequest(
            method=method,
            path=call.text("path"),
            params=params,
            query=call.mapping("query", {}),
            body=call.mapping("body", {}),
            random=call.random,
        )
        _check_body(endpoint, request)
        if "idempotency_key" not in call.payload:
            return self._perform(endpoint, request)
        return self._once(endpoint, request, call.text("idempotency_key"))

    def _match(self, method: str, path: str) -> tuple[Endpoint, Mapping[str, str]]:
        others = []
        for pattern, endpoint in self._endpoints:
            if found := pattern.fullmatch(path):
                if endpoint.method == method:
                    return endpoint, found.groupdict()
                others.append(endpoint.method)
        if others:
            raise ServiceError(
                "method_not_allowed", f"{path} takes {', '.join(others)}, not {method}."
            )
        raise ServiceError("not_found", f"There is no {path!r}.")

    def _admit(self, endpoint: Endpoint, call: Call) -> None:
        if endpoint.token is not None and call.payload.get("token") != endpoint.token:
            raise ServiceError("unauthorized", f"{endpoint.label} wants another token.")
        if endpoint.rate_limit is None:
            return
        window_ms, retry_ms = endpoint.rate_window_ms, float(endpoint.retry_after_ms)
        window = 0 if window_ms is None else int(self.now() // window_ms)
        if window_ms is not None:
            retry_ms = max(1.0, (window + 1) * window_ms - self.now())
        if self._taken[endpoint.label, window] >= endpoint.rate_limit:
            during = "" if window_ms is None else f" in {window_ms:g} ms"
            raise ServiceError(
                "rate_limited",
                f"{endpoint.label} takes {endpoint.rate_limit} calls{during}.",
                retryable=True,
                details={"retry_after_ms": round(retry_ms)},
            )
        self._taken[endpoint.label, window] += 1

    def _once(self, endpoint: Endpoint, request: ApiRequest, key: str) -> Json:
        place = (request.method, request.path, key)
        asked = digest([request.body, request.query])
        first = self._answered.get(place)
        if first is None:
            first = (asked, self._perform(endpoint, request))
            self._answered[place] = first
        if first[0] != asked:
            raise ServiceError(
                "conflict", f"Idempotency key {key!r} came with another body before."
            )
        return copied(first[1])

    def _perform(self, endpoint: Endpoint, request: ApiRequest) -> Json:
        response = endpoint.response
        body = (
            copied(response(request)) if callable(response) else self._rendered(response, request)
        )
        if endpoint.page_size is not None:
            body = _page(body, request, endpoint.page_size)
        self._performed[endpoint.label] += 1
        if endpoint.webhook is not None:
            self.outbox.add(endpoint.webhook, {"path": request.path, "answer": copied(body)})
        return {"status": endpoint.status, "body": body}

    def _rendered(self, template: Json, request: ApiRequest) -> Json:
        names: dict[str, Json] = {
            **request.params,
            **{f"body.{key}": value for key, value in request.body.items()},
            **{f"query.{key}": value for key, value in request.query.items()},
            "new_id": f"{request.random.getrandbits(64):016x}",
            "seed_id": f"{derive(self._seed, 'api', request.method, request.path):016x}",
        }
        return _filled(template, names)


def _check_body(endpoint: Endpoint, request: ApiRequest) -> None:
    details: dict[str, Json]
    if missing := [name for name in endpoint.required if request.body.get(name) is None]:
        details = {"missing": missing}
        raise ServiceError(
            "invalid", f"{endpoint.label} needs {', '.join(missing)}.", details=details
        )
    if endpoint.schema is not None and (wrong := list(mistakes(request.body, endpoint.schema))):
        details = {"mistakes": wrong}
        raise ServiceError("invalid", f"{endpoint.label}: {'; '.join(wrong)}.", details=details)


def _path_pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    literal_then_name = zip(parts[::2], [*parts[1::2], ""], strict=True)
    return re.compile(
        "".join(
            re.escape(text) + (f"(?P<{name}>[^/]+)" if name else "")
            for text, name in literal_then_name
        )
    )


def _filled(template: Json, names: Mapping[str, Json]) -> Json:
    if isinstance(template, Mapping):
        return {key: _filled(value, names) for key, value in template.items()}
    if isinstance(template, str):
        if whole := _PLACE.fullmatch(template):
            return copied(names.get(whole.group(1)))
        return _PLACE.sub(lambda place: str(names.get(place.group(1), "")), template)
    if isinstance(template, Sequence):
        return [_filled(value, names) for value in template]
    return template


def _page(body: Json, request: ApiRequest, page_size: int) -> Json:
    if not isinstance(body, list):
        raise ServiceError("internal", f"{request.path} gives pages of something that is no list.")
    query = Call(operation=request.path, payload=request.query, random=request.random)
    limit = min(query.integer("limit", page_size, least=1), page_size)
    cursor = query.text("cursor", "from-0")
    if not re.fullmatch(r"from-[0-9]{1,9}", cursor):
        raise query.refused("cursor", "a next_cursor of an earlier page", cursor)
    start = int(cursor.removeprefix("from-"))
    end = start + limit
    return {"items": body[start:end], "next_cursor": f"from-{end}" if end < len(body) else None}
