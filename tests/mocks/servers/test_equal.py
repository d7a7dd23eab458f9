"""One process or a socket: the same sequence of calls gets the same answers and the same faults."""

import asyncio
import socket

import pytest

from mocks.faults.test_at_services import BEFORE, EFFECTS
from mocks.hosted import CUSTOMER, REFUND, WEATHER, asked, host
from production_testers.mocks.faults import CATALOGUE, Layer, Way
from production_testers.mocks.host import Host, Pace
from production_testers.mocks.servers.http import serving
from production_testers.mocks.servers.remote import RemoteHost
from production_testers.mocks.services import ServiceError
from production_testers.mocks.wire.fronts import NAMED_HEADERS, Asked
from production_testers.mocks.wire.messages import Ending
from production_testers.mocks.wire.sending import write_request
from production_testers.model.fault_plan import FaultPlan, Place, Rule, Target, When

CALLS = [
    *BEFORE,
    ("llm", "chat", REFUND),
    ("llm", "chat", WEATHER),
    ("llm", "chat", {}),
    ("llm", "chat_stream", asked("A refund?", stream_options={"include_usage": True})),
    ("llm", "embed", {"input": ["one", "two"], "encoding_format": "base64"}),
    ("llm", "models", {}),
    ("api", "get", CUSTOMER),
    ("api", "get", {"path": "/nowhere"}),
    ("api", "post", {"path": "/orders", "body": {"n": 1}, "idempotency_key": "k"}),
    ("api", "post", {"path": "/orders", "body": {"n": 1}, "idempotency_key": "k"}),
    ("api", "post", {"path": "/orders", "body": {"n": 2}, "idempotency_key": "k"}),
    ("db", "execute", {"sql": "INSERT INTO t VALUES (1, 'é')"}),
    ("db", "execute", {"sql": "INSERT INTO t VALUES (1, 'x')"}),
    ("db", "query", {"sql": "SELECT *, random() AS r FROM t"}),
    ("db", "begin", {"isolation": "read_committed"}),
    ("db", "commit", {"transaction": "tx-1"}),
    ("llm", "chat", asked("A refund?", n=2, max_tokens=3)),
    ("llm", "chat", asked("x", response_format={"type": "json_object"})),
    ("llm", "chat_stream", {**WEATHER, "tool_choice": "required"}),
    ("llm", "embed", {"input": "one", "dimensions": 8}),
    ("api", "get", {"path": "/pages"}),
    ("api", "get", {"path": "/pages", "query": {"cursor": "2", "limit": "1"}}),
    ("api", "get", {"path": "/secret"}),
    ("api", "get", {"path": "/secret", "token": "letmein"}),
    ("api", "get", {"path": "/rare"}),
    ("api", "get", {"path": "/rare"}),
    ("api", "post", {"path": "/checked", "body": {"n": "one"}}),
    ("api", "post", {"path": "/checked", "body": {"n": 1}}),
    ("api", "delete", {"path": "/orders"}),
    ("db", "put", {"key": "k", "value": {"n": [1, None]}}),
    ("db", "get", {"key": "k"}),
    ("db", "upsert", {"table": "t", "key": ["id"], "row": {"id": 1, "v": "y"}}),
    ("db", "vector_put", {"id": "a", "vector": [1.0, 0.0]}),
    ("db", "vector_put", {"id": "b", "vector": [0.6, 0.8]}),
    ("db", "vector_search", {"vector": [0.0, 1.0], "k": 2}),
    ("db", "transaction", {"statements": [{"sql": "DELETE FROM t"}, {"sql": "NONSENSE"}]}),
    ("db", "tables", {}),
    ("infra", "queue_consume", {"queue": "q", "unordered": True}),
    ("infra", "dns_resolve", {"name": "db.internal"}),
    ("nobody", "ask", {}),
]  # fmt: skip
OF_CALLERS = [(*call, caller) for caller in ("", "r0/a", "r1/a") for call in CALLS]

TIMES = {"ms": 1.0, "retry_after_ms": 1000.0, "bytes_per_s": 10_000_000}


def every_kind(share=0.02):
    """A plan in which every kind that can be at a service in both ways happens now and then."""
    kinds = [k for k in CATALOGUE.values() if k.places.get(Place.SERVICE, set()) == set(Way)]
    rules = tuple(
        Rule(
            id=kind.name,
            fault=kind.name,
            at=Target(place=Place.SERVICE),
            when=When(share=0.15 if kind.at else share),
            params={name: TIMES[name] for name in kind.params if name in TIMES},
        )
        for kind in kinds
    )
    return FaultPlan(seed=3, rules=rules)


def bare(headers):
    return {name: value for name, value in headers.items() if name not in NAMED_HEADERS}


def as_received(reply):
    """What a client gets to see of a reply."""
    if reply.broken or reply.ending is Ending.RESET:
        return "connection_reset"
    if reply.ending is Ending.CUT:
        return "connection_lost"
    return reply.status, bare(reply.headers), reply.body


async def in_process(made, calls):
    seen = []
    for service, operation, payload, caller in calls:
        request = write_request(Asked(service, operation, payload, caller))
        seen.append(as_received(await made.exchange(request)))
    return seen


async def over_http(made, calls):
    seen = []
    async with serving(made) as url, RemoteHost(url) as remote:
        for service, operation, payload, caller in calls:
            request = write_request(Asked(service, operation, payload, caller))
            try:
                seen.append(as_received(await remote.exchange(request)))
            except ServiceError as error:
                seen.append(error.code)
    return seen


def compare(plan):
    one, other = host(plan), host(plan)
    here = asyncio.run(in_process(one, OF_CALLERS))
    there = asyncio.run(over_http(other, OF_CALLERS))
    for call, a, b in zip(OF_CALLERS, here, there, strict=True):
        assert a == b, call
    assert fired(one) == fired(other)
    assert one.ledger.as_json() == other.ledger.as_json()
    return one


def fired(made):
    """What happened, less the clock: real time passes as it likes."""
    return [{k: v for k, v in f.as_json().items() if k != "at_ms"} for f in made.firings]


@pytest.mark.slow
def test_every_answer_is_the_same_byte_for_byte():
    assert compare(None).firings == []


def test_the_calls_are_about_every_operation_and_most_of_them_are_answered():
    """What is compared is not refusals only; db, api and llm are asked for all they can do."""
    made = host()
    asked_for = {(service, operation) for service, operation, _ in CALLS}
    own = ("performed", "webhooks", "webhook_ack")  # of the host, no endpoint offers them
    left_out = {("api", name) for name in ("put", "patch", "request", *own)}
    for name in ("llm", "api", "db"):
        known = {(name, operation) for operation in made.services[name].operations}
        assert known - asked_for - left_out <= {("db", "rollback")}
    replies = asyncio.run(in_process(made, [(*call, "") for call in CALLS]))
    refused = [call for call, reply in zip(CALLS, replies, strict=True) if reply[0] >= 400]
    assert {call[1] for call in refused} <= {
        "chat", "get", "post", "delete", "execute", "transaction", "ask"
    }  # fmt: skip
    assert len(refused) < len(CALLS) / 3


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.01, 0.04])
def test_every_fault_happens_at_the_same_call_with_the_same_bytes(share):
    made = compare(every_kind(share))
    assert len({firing.fault for firing in made.firings}) > 20


@pytest.mark.slow
def test_what_a_client_library_gives_is_the_same_for_every_kind_of_fault():
    """Call by call: one host of each kind, asked once in this process and once over a socket."""

    def hosted(name):
        call, params, _check = EFFECTS[name]
        quick = {n: min(v, 1) if n == "ms" else v for n, v in params.items()}
        defaults = {n: 1.0 for n in CATALOGUE[name].params if n == "ms"}
        rule = Rule(
            id="one",
            fault=name,
            at=Target(place=Place.SERVICE, name=call[0], operation=call[1]),
            params={**defaults, **quick},
        )
        made = host(FaultPlan(seed=7, rules=(rule,)))
        return made, call

    async def told(made, call):
        try:
            return await made.call(*call)
        except ServiceError as error:
            return error.as_json()

    async def both(name):
        here, call = hosted(name)
        there, _ = hosted(name)
        one = await told(here, call)
        async with serving(there) as url, RemoteHost(url) as remote:
            other = await told(remote, call)
        assert [f.fault for f in here.firings] == [f.fault for f in there.firings]
        return one, other

    both_ways = [n for n in EFFECTS if CATALOGUE[n].places[Place.SERVICE] == set(Way)]
    assert len(both_ways) > 70
    for name in both_ways:
        one, other = asyncio.run(both(name))
        lost = CATALOGUE[name].layer is Layer.TRANSPORT and isinstance(one, dict)
        if lost and one.get("code") in OVER_A_SOCKET:
            assert other["code"] == OVER_A_SOCKET[one["code"]], name
        elif isinstance(one, dict) and str(one.get("code")).startswith("connection_"):
            assert other["code"] == one["code"], name
        elif name in ("clock-jump", "clock-drift"):
            assert abs(one["now_ms"] - other["now_ms"]) < 1000, name
        else:
            assert str(one) == str(other), name  # as text: what is no number equals nothing


OVER_A_SOCKET = dict.fromkeys(("connect_timeout", "unreachable", "answer_lost"), "connection_reset")
"""What never reaches a service in this process is a reset over a connection that stands."""


def test_paces_are_kept_and_belong_to_the_call():
    paced = {"llm": Pace(first_ms={"distribution": "uniform", "low": 5, "high": 9}, piece_ms=1)}

    async def work():
        made = host(paces=paced)
        request = write_request(Asked("llm", "chat_stream", REFUND, ""))
        first, second = [await made.exchange(request) for _ in range(2)]
        again = await host(paces=paced).exchange(request)
        return first, second, again

    first, second, again = asyncio.run(work())
    assert first == again
    assert first.wait_ms != second.wait_ms
    assert 5 <= first.wait_ms <= 9
    assert set(first.gaps_ms) == {1.0}


def test_a_port_that_is_taken_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        async def work():
            async with serving(Host({}), port=taken.getsockname()[1]):
                pass

        with pytest.raises(Exception, match="Choose another port"):
            asyncio.run(work())
