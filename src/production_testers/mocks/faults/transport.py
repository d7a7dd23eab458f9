"""Faults of the transport: what is sent comes late, in part, or not at all."""

from dataclasses import replace

from production_testers.mocks.faults.kinds import (
    BOTH,
    REAL,
    SIMULATED,
    Kind,
    Layer,
    Moment,
    choice,
    milliseconds,
    share,
    text,
    whole,
)
from production_testers.mocks.wire.messages import Ending, Reply
from production_testers.model.fault_plan import Place

_ANYWHERE = {Place.SERVICE: BOTH, Place.PORT: REAL}
_NO_REPLY = {Place.SERVICE: SIMULATED, Place.PORT: REAL}
_OF_CONNECTION = "With the connection that it happened to."
PIECES_MAX = 512
"""A body goes out in at most this many pieces, however small they were to be."""


def _latency(moment: Moment, reply: Reply) -> Reply:
    if moment.params["side"] == "request":
        return reply
    return replace(reply, wait_ms=reply.wait_ms + moment.params["ms"])


def _jitter(moment: Moment, reply: Reply) -> Reply:
    """Every chunk is late by a draw of its own."""
    most = moment.params["ms"]
    late = tuple(round(moment.random.uniform(0, most), 3) for _ in reply.chunks)
    return replace(reply, gaps_ms=_added(reply.gaps_ms, late))


def _added(gaps: tuple[float, ...], late: tuple[float, ...]) -> tuple[float, ...]:
    padded = gaps + (0.0,) * (len(late) - len(gaps))
    return tuple(gap + more for gap, more in zip(padded, late, strict=True))


def _bandwidth(moment: Moment, reply: Reply) -> Reply:
    chunks = _in_pieces(reply.body, 1024)
    per_byte = 1000 / moment.params["bytes_per_s"]
    gaps = tuple(round(len(chunk) * per_byte, 6) for chunk in chunks)
    return replace(reply, chunks=chunks, gaps_ms=gaps)


def _trickle(moment: Moment, reply: Reply) -> Reply:
    chunks = _in_pieces(reply.body, int(moment.params["bytes"]))
    return replace(reply, chunks=chunks, gaps_ms=(moment.params["ms"],) * len(chunks))


def _in_pieces(body: bytes, size: int) -> tuple[bytes, ...]:
    size = max(1, size, -(-len(body) // PIECES_MAX))
    return tuple(body[start : start + size] for start in range(0, len(body), size))


def _broken(reason: str, wait: str = "") -> "_Broken":
    return _Broken(reason, wait)


class _Broken:
    """A reply that never comes, for one reason; named by it, so that kinds read as a table."""

    def __init__(self, reason: str, wait: str) -> None:
        self.reason = reason
        self.wait = wait

    def __call__(self, moment: Moment, _reply: Reply | None = None) -> Reply:
        return Reply(broken=self.reason, wait_ms=moment.params[self.wait] if self.wait else 0.0)


def _part(moment: Moment, reply: Reply, ending: Ending) -> Reply:
    kept = reply.body[: int(len(reply.body) * moment.params["share"])]
    return replace(reply.with_body(kept), ending=ending, announced=len(reply.body))


def _slow_close(moment: Moment, reply: Reply) -> Reply:
    return replace(reply, until_close=True, close_ms=moment.params["ms"])


KINDS = (
    Kind(
        name="latency",
        layer=Layer.TRANSPORT,
        what="The request or the answer comes later, by a time of any distribution.",
        places=_ANYWHERE,
        params={
            "ms": milliseconds(100, "how much later"),
            "side": choice("which of them is late", "answer", "request"),
        },
        before_ms=lambda moment: moment.params["ms"] if moment.params["side"] == "request" else 0,
        reply=_latency,
    ),
    Kind(
        name="jitter",
        layer=Layer.TRANSPORT,
        what="Every piece of the answer is late by a draw of its own, between 0 and a bound.",
        places=_ANYWHERE,
        params={"ms": milliseconds(50, "the bound")},
        reply=_jitter,
    ),
    Kind(
        name="bandwidth",
        layer=Layer.TRANSPORT,
        what="The answer comes at so many bytes a second.",
        places=_ANYWHERE,
        params={"bytes_per_s": whole(10_000, "bytes a second", low=1)},
        reply=_bandwidth,
    ),
    Kind(
        name="trickle",
        layer=Layer.TRANSPORT,
        what="The answer comes a few bytes at a time, with a pause before each.",
        places=_ANYWHERE,
        params={
            "bytes": whole(16, "bytes at a time; more where the body is long", low=1),
            "ms": milliseconds(5, "each pause"),
        },
        reply=_trickle,
    ),
    Kind(
        name="connection-refused",
        layer=Layer.TRANSPORT,
        what="Nobody listens: the connection is refused at once.",
        ends="With the call; at a port, after `ms`, when it is listened to again.",
        places=_NO_REPLY,
        params={"ms": milliseconds(500, "how long nobody listens, at a port")},
        refuse=_broken("connection_refused"),
    ),
    Kind(
        name="connection-timeout",
        layer=Layer.TRANSPORT,
        what="The connection is not made in time; the service is not reached.",
        places={Place.SERVICE: BOTH},
        params={"ms": milliseconds(3_000, "until the caller is told")},
        refuse=_broken("connect_timeout", "ms"),
    ),
    Kind(
        name="connection-reset",
        layer=Layer.TRANSPORT,
        what="The connection is reset before a byte of the answer; the service has done its work.",
        places=_ANYWHERE,
        reply=_broken("connection_reset"),
    ),
    Kind(
        name="reset-midway",
        layer=Layer.TRANSPORT,
        what="The connection is reset after a part of the answer.",
        places=_ANYWHERE,
        params={"share": share(0.5, "the part of the answer that arrives")},
        reply=lambda moment, reply: _part(moment, reply, Ending.RESET),
    ),
    Kind(
        name="half-open",
        layer=Layer.TRANSPORT,
        what="The request arrives and is worked on; nothing comes back, and after a long time the"
        " connection is reset.",
        places=_ANYWHERE,
        params={"ms": milliseconds(30_000, "until the reset")},
        ends="With the connection, at the latest after `ms`.",
        reply=_broken("connection_reset", "ms"),
    ),
    Kind(
        name="slow-close",
        layer=Layer.TRANSPORT,
        what="The answer arrives whole, but where it ends only the end of the connection tells,"
        " and that comes late.",
        places=_ANYWHERE,
        params={"ms": milliseconds(2_000, "from the last byte to the end")},
        reply=_slow_close,
    ),
    Kind(
        name="partition",
        layer=Layer.TRANSPORT,
        what="Nothing gets through in either direction; the service is not reached.",
        places=_ANYWHERE,
        params={"ms": milliseconds(1_000, "until the caller gives up; at a port, how long")},
        ends="With the call; at a port, after `ms`, when what was held is passed on.",
        refuse=_broken("unreachable", "ms"),
    ),
    Kind(
        name="answer-lost",
        layer=Layer.TRANSPORT,
        what="A partition in one direction: the request has its effect, the answer is lost.",
        places=_ANYWHERE,
        params={"ms": milliseconds(1_000, "until the caller gives up")},
        reply=_broken("answer_lost", "ms"),
    ),
    Kind(
        name="dns-not-found",
        layer=Layer.TRANSPORT,
        what="The service's name does not exist (NXDOMAIN).",
        places={Place.SERVICE: SIMULATED, Place.DNS: REAL},
        ends="With the question.",
        refuse=_broken("name_not_found"),
    ),
    Kind(
        name="dns-server-failure",
        layer=Layer.TRANSPORT,
        what="The name server fails (SERVFAIL).",
        places={Place.SERVICE: SIMULATED, Place.DNS: REAL},
        ends="With the question.",
        refuse=_broken("name_server_failure"),
    ),
    Kind(
        name="dns-timeout",
        layer=Layer.TRANSPORT,
        what="The name server does not answer.",
        places={Place.SERVICE: SIMULATED, Place.DNS: REAL},
        params={"ms": milliseconds(5_000, "until the caller is told")},
        ends="With the question.",
        refuse=_broken("name_timeout", "ms"),
    ),
    Kind(
        name="dns-stale-address",
        layer=Layer.TRANSPORT,
        what="The name server gives an address at which nobody is any more.",
        places={Place.SERVICE: SIMULATED, Place.DNS: REAL},
        params={"address": text("192.0.2.1", "the address; of a block that is nobody's")},
        ends="With the question, after the answer's time to live.",
        refuse=_broken("connection_refused"),
    ),
    Kind(
        name="tls-expired",
        layer=Layer.TRANSPORT,
        what="The certificate has expired: the handshake fails.",
        places=_NO_REPLY,
        ends=_OF_CONNECTION,
        refuse=_broken("tls_expired"),
    ),
    Kind(
        name="tls-wrong-name",
        layer=Layer.TRANSPORT,
        what="The certificate is for another name: the handshake fails.",
        places=_NO_REPLY,
        ends=_OF_CONNECTION,
        refuse=_broken("tls_wrong_name"),
    ),
    Kind(
        name="tls-untrusted",
        layer=Layer.TRANSPORT,
        what="The certificate is signed by nobody who is trusted: the handshake fails.",
        places=_NO_REPLY,
        ends=_OF_CONNECTION,
        refuse=_broken("tls_untrusted"),
    ),
)
