"""Faults of the protocol: an answer arrives, and it is not the one that was due."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from production_testers.mocks.faults.kinds import (
    AT_SERVICE,
    Kind,
    Layer,
    Moment,
    choice,
    milliseconds,
    share,
    whole,
)
from production_testers.mocks.services.contract import ServiceError
from production_testers.mocks.wire.fronts import DONE, encode_error
from production_testers.mocks.wire.messages import Ending, Reply
from production_testers.model.canonical import Json
from production_testers.model.fault_plan import Place

_STREAM = ("llm.chat_stream",)
_REASONS: Mapping[int, str] = {
    302: "Found",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    408: "Request Timeout",
    409: "Conflict",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def _rate_limited(moment: Moment) -> Reply:
    wait: Json = round(moment.params["retry_after_ms"])
    error = ServiceError(
        "rate_limited", "Too many requests.", retryable=True, details={"retry_after_ms": wait}
    )
    return encode_error(moment.service, error)


def _unavailable(moment: Moment) -> Reply:
    page = _page(503)
    seconds = -(-int(moment.params["retry_after_ms"]) // 1000)
    return replace(page, headers={**page.headers, "retry-after": str(seconds)})


def _page(status: int) -> Reply:
    """An error page as a gateway sends it."""
    title = f"{status} {_REASONS[status]}"
    body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    headers = {"content-type": "text/html; charset=utf-8"}
    return Reply(status=status, headers=headers, chunks=(body.encode(),))


def _redirect(_moment: Moment) -> Reply:
    page = _page(302)
    return replace(page, headers={**page.headers, "location": "/ptest/elsewhere"})


def _refused_with(name: str, status: int, what: str) -> Kind:
    return Kind(
        name=name,
        layer=Layer.PROTOCOL,
        what=what,
        places=AT_SERVICE,
        refuse=lambda _moment: _page(status),
    )


def _malformed(moment: Moment, reply: Reply) -> Reply:
    """One way of being no JSON, chosen by the draw."""
    body = reply.body
    middle = max(1, len(body) // 2)
    wrong = moment.random.choice(
        (body[:middle], body + b"}", body.replace(b'"', b"'"), b"\x00" + body, body[:-1] + b",}")
    )
    return reply.with_body(wrong)


def _truncated(moment: Moment, reply: Reply) -> Reply:
    kept = reply.body[: int(len(reply.body) * moment.params["share"])]
    return replace(reply.with_body(kept), ending=Ending.CUT, announced=len(reply.body))


def _typed(content_type: str, reply: Reply) -> Reply:
    return replace(reply, headers={**reply.headers, "content-type": content_type})


def _page_as_success(_moment: Moment, _reply: Reply) -> Reply:
    return replace(_page(503), status=200)


def _not_text(moment: Moment, reply: Reply) -> Reply:
    """Bytes that are no UTF-8, inside of the first text where there is one."""
    place = reply.body.find(b'"') + 1 if moment.params["where"] == "text" else 0
    return reply.with_body(reply.body[:place] + b"\xff\xfe" + reply.body[place:])


def _error_in_success(_moment: Moment, _answer: Json) -> Json:
    return {"error": {"code": "internal", "message": "Something went wrong."}}


def _more_members(moment: Moment, answer: Any) -> Any:
    if not isinstance(answer, Mapping):
        return answer
    names = (f"x_{moment.random.getrandbits(32):08x}" for _ in range(int(moment.params["members"])))
    return {**answer, **dict.fromkeys(names)}


def _padded(moment: Moment, reply: Reply) -> Reply:
    """White space before the answer: valid JSON of any size."""
    return reply.with_body(b" " * int(moment.params["bytes"]) + reply.body)


def _of_stream(effect: Callable[[Moment, Reply], Reply]) -> Callable[[Moment, Reply], Reply]:
    """Only a stream is changed; where the service has refused, there is none."""
    return lambda moment, reply: effect(moment, reply) if reply.streamed else reply


def _cut_stream(moment: Moment, reply: Reply) -> Reply:
    """The stream ends in order, but early, and does not say that it is at its end."""
    kept = max(1, int((len(reply.chunks) - 1) * moment.params["share"]))
    return replace(reply, chunks=reply.chunks[:kept])


def _events(reply: Reply) -> list[bytes]:
    return [chunk for chunk in reply.chunks if chunk != DONE]


def _doubled(moment: Moment, reply: Reply) -> Reply:
    events = _events(reply)
    if not events:
        return reply
    twice = moment.random.randrange(len(events))
    events.insert(twice, events[twice])
    return replace(reply, chunks=(*events, DONE))


def _swapped(moment: Moment, reply: Reply) -> Reply:
    """Two neighbours change places that do not say the same."""
    events = _events(reply)
    pairs = [n for n in range(len(events) - 1) if _content(events[n]) != _content(events[n + 1])]
    if pairs:
        first = moment.random.choice(pairs)
        events[first], events[first + 1] = events[first + 1], events[first]
    return replace(reply, chunks=(*events, DONE))


def _content(event: bytes) -> Json:
    """What an event says; all of it where another fault made it unreadable."""
    try:
        choices: Any = json.loads(event.removeprefix(b"data: "))["choices"]
        return choices[0]["delta"].get("content") if choices else None
    except (ValueError, KeyError):
        return event.decode("latin-1")


def _error_in_stream(moment: Moment, reply: Reply) -> Reply:
    events = _events(reply)
    kept = max(1, int(len(events) * moment.params["share"]))
    return replace(reply, chunks=(*events[:kept], b'data: {"error": {"message": "overloaded"\n\n'))


KINDS = (
    Kind(
        name="http-429",
        layer=Layer.PROTOCOL,
        what="The service says that there were too many requests, and how long to wait.",
        places=AT_SERVICE,
        params={"retry_after_ms": milliseconds(1_000, "what it says to wait")},
        refuse=_rate_limited,
    ),
    Kind(
        name="http-503",
        layer=Layer.PROTOCOL,
        what="The service is unavailable and says how long to wait.",
        places=AT_SERVICE,
        params={"retry_after_ms": milliseconds(1_000, "what it says to wait, in whole seconds")},
        refuse=_unavailable,
    ),
    _refused_with("http-500", 500, "The service fails inside, before it has done anything."),
    _refused_with("http-502", 502, "A gateway got nothing it could use."),
    _refused_with("http-504", 504, "A gateway waited too long."),
    _refused_with("http-401", 401, "The credentials are suddenly not accepted."),
    _refused_with("http-403", 403, "The caller is suddenly not allowed."),
    _refused_with("http-404", 404, "A path that exists is not found."),
    _refused_with("http-408", 408, "The service did not get the request in time."),
    _refused_with("http-409", 409, "The service says that the request is in conflict."),
    Kind(
        name="redirect-loop",
        layer=Layer.PROTOCOL,
        what="The service sends the caller elsewhere, where it is sent on to the same place.",
        places=AT_SERVICE,
        refuse=_redirect,
    ),
    Kind(
        name="http-500-after-work",
        layer=Layer.PROTOCOL,
        what="The service does its work and then says that it failed.",
        places=AT_SERVICE,
        reply=lambda _moment, _reply: _page(500),
    ),
    Kind(
        name="malformed-json",
        layer=Layer.PROTOCOL,
        what="The answer is no JSON: cut, quoted wrongly, with a byte too many.",
        places=AT_SERVICE,
        reply=_malformed,
    ),
    Kind(
        name="truncated-body",
        layer=Layer.PROTOCOL,
        what="The connection is closed after a part of the announced answer.",
        places=AT_SERVICE,
        params={"share": share(0.5, "the part that arrives")},
        reply=_truncated,
    ),
    Kind(
        name="empty-body",
        layer=Layer.PROTOCOL,
        what="A success without a body.",
        places=AT_SERVICE,
        reply=lambda _moment, reply: reply.with_body(b""),
    ),
    Kind(
        name="wrong-content-type",
        layer=Layer.PROTOCOL,
        what="The right body under another content type.",
        places=AT_SERVICE,
        params={"type": choice("what it says to be", "text/plain", "text/html", "application/xml")},
        reply=lambda moment, reply: _typed(str(moment.params["type"]), reply),
    ),
    Kind(
        name="page-as-success",
        layer=Layer.PROTOCOL,
        what="An error page of a gateway with status 200.",
        places=AT_SERVICE,
        reply=_page_as_success,
    ),
    Kind(
        name="invalid-utf8",
        layer=Layer.PROTOCOL,
        what="Bytes in the answer that are no UTF-8.",
        places=AT_SERVICE,
        params={"where": choice("where they stand", "text", "start")},
        reply=_not_text,
    ),
    Kind(
        name="error-in-success",
        layer=Layer.PROTOCOL,
        what="Status 200 around an error object.",
        places=AT_SERVICE,
        answer=_error_in_success,
    ),
    Kind(
        name="unknown-members",
        layer=Layer.PROTOCOL,
        what="The answer has members that nobody knows.",
        places=AT_SERVICE,
        params={"members": whole(3, "how many", low=1, high=10_000)},
        answer=_more_members,
    ),
    Kind(
        name="huge-body",
        layer=Layer.PROTOCOL,
        what="The answer is padded with white space to a great size.",
        places=AT_SERVICE,
        params={"bytes": whole(1_000_000, "how many bytes more", low=1, high=100_000_000)},
        reply=_padded,
    ),
    Kind(
        name="duplicate-request",
        layer=Layer.PROTOCOL,
        what="The request arrives twice and is worked on twice; the second answer is given.",
        places=AT_SERVICE,
        again=1,
    ),
    Kind(
        name="stream-cut",
        layer=Layer.PROTOCOL,
        what="A stream ends early, in order, without its end mark.",
        places=AT_SERVICE,
        at=_STREAM,
        params={"share": share(0.5, "the part that arrives")},
        reply=_of_stream(_cut_stream),
    ),
    Kind(
        name="stream-duplicate",
        layer=Layer.PROTOCOL,
        what="One event of a stream comes twice.",
        places=AT_SERVICE,
        at=_STREAM,
        reply=_of_stream(_doubled),
    ),
    Kind(
        name="stream-out-of-order",
        layer=Layer.PROTOCOL,
        what="Two neighbouring events of a stream change places.",
        places=AT_SERVICE,
        at=_STREAM,
        reply=_of_stream(_swapped),
    ),
    Kind(
        name="stream-malformed",
        layer=Layer.PROTOCOL,
        what="In the middle of a stream comes an error that is no JSON.",
        places=AT_SERVICE,
        at=_STREAM,
        params={"share": share(0.5, "the part before it")},
        reply=_of_stream(_error_in_stream),
    ),
)
assert all(Place.SERVICE in kind.places for kind in KINDS)
