"""Every kind of fault at a service: what a caller gets, and that it is over afterwards."""

import asyncio
import fnmatch
import json
import math

import pytest

from mocks.hosted import (
    AS_JSON,
    CUSTOMER,
    REFUND,
    SAID,
    WEATHER,
    asked,
    calls,
    host,
    plan,
    reason,
    services,
    words,
)
from production_testers.mocks.faults import CATALOGUE
from production_testers.mocks.host import Host
from production_testers.mocks.services import ServiceError
from production_testers.mocks.wire.fronts import Asked
from production_testers.mocks.wire.sending import write_request
from production_testers.model.fault_plan import FaultPlan, Place, Rule, Target
from production_testers.simulation import SimulatedLoop, simulate

CHAT = ("llm", "chat", REFUND)
STREAM = ("llm", "chat_stream", {**REFUND, "stream": True})
TOOLS = ("llm", "chat", WEATHER)
EMBED = ("llm", "embed", {"input": "one"})
GET = ("api", "get", CUSTOMER)
POST = ("api", "post", {"path": "/orders", "body": {}})
QUERY = ("db", "query", {"sql": "SELECT 1 AS one"})
WRITE = ("infra", "disk_write", {"path": "/a", "text": "abcdefgh"})
READ = ("infra", "disk_read", {"path": "/a"})
PUBLISH = ("infra", "queue_publish", {"queue": "q", "message": "m"})
CONSUME = ("infra", "queue_consume", {"queue": "q"})
CLOCK = ("infra", "clock_now", {"node": "n"})


def virtually(work):
    """Run `work()` in virtual time; its result, and how many milliseconds passed."""
    session = simulate(lambda _loop: work(), SimulatedLoop(1), seed=1)
    return session.result, round(session.virtual_s * 1000, 6)


def observed(made, call):
    """What a call gives in virtual time: an answer or an error, and after how many ms."""

    async def work():
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            answer = await made.call(*call)
        except ServiceError as error:
            answer = error
        return answer, round((loop.time() - start) * 1000, 1)  # a step takes a microsecond

    return virtually(work)[0]


def refuses(code, *, retryable, takes_ms=0):
    def check(answer, took_ms, _plain):
        assert isinstance(answer, ServiceError), answer
        assert (answer.code, answer.retryable, took_ms) == (code, retryable, takes_ms)

    return check


def gives(check, takes_ms=0):
    def checks(answer, took_ms, plain):
        assert not isinstance(answer, ServiceError), answer
        assert took_ms == takes_ms
        assert check(answer, plain), answer

    return checks


def same_after(milliseconds):
    return gives(lambda answer, plain: answer == plain, milliseconds)


def later(low, high):
    def check(answer, took_ms, plain):
        assert answer == plain
        assert low < took_ms <= high

    return check


def says(check):
    return gives(lambda answer, _plain: check(words(answer)))


def said(completion):
    return words(completion), reason(completion)


def counted(completion):
    return completion["usage"]["completion_tokens"]


def in_order(chunks):
    return sorted(map(str, chunks))


def user(text):
    return {"role": "user", "content": text}


def shape(text):
    return json.loads(text)


BYTES = len(json.dumps({"id": "c-1", "name": "Ann"}, separators=(",", ":")))

EFFECTS = {
    # transport
    "latency": (GET, {"ms": 250}, same_after(250)),
    "jitter": (STREAM, {"ms": 40}, later(0, 40 * 60)),
    "bandwidth": (GET, {"bytes_per_s": BYTES}, same_after(1000)),
    "trickle": (GET, {"bytes": BYTES // 2, "ms": 5}, same_after(15)),
    "connection-refused": (GET, {}, refuses("connection_refused", retryable=True)),
    "connection-timeout": (
        GET, {"ms": 3000}, refuses("connect_timeout", retryable=True, takes_ms=3000),
    ),
    "connection-reset": (GET, {}, refuses("connection_reset", retryable=True)),
    "reset-midway": (GET, {"share": 0.5}, refuses("connection_reset", retryable=True)),
    "half-open": (GET, {"ms": 9000}, refuses("connection_reset", retryable=True, takes_ms=9000)),
    "slow-close": (GET, {"ms": 2000}, same_after(2000)),
    "partition": (GET, {"ms": 700}, refuses("unreachable", retryable=True, takes_ms=700)),
    "answer-lost": (POST, {"ms": 600}, refuses("answer_lost", retryable=True, takes_ms=600)),
    "dns-not-found": (GET, {}, refuses("name_not_found", retryable=True)),
    "dns-server-failure": (GET, {}, refuses("name_server_failure", retryable=True)),
    "dns-timeout": (GET, {"ms": 500}, refuses("name_timeout", retryable=True, takes_ms=500)),
    "dns-stale-address": (GET, {}, refuses("connection_refused", retryable=True)),
    "tls-expired": (GET, {}, refuses("tls_expired", retryable=True)),
    "tls-wrong-name": (GET, {}, refuses("tls_wrong_name", retryable=True)),
    "tls-untrusted": (GET, {}, refuses("tls_untrusted", retryable=True)),
    # protocol
    "http-429": (GET, {"retry_after_ms": 1500}, refuses("rate_limited", retryable=True)),
    "http-503": (GET, {}, refuses("http_503", retryable=True)),
    "http-500": (GET, {}, refuses("http_500", retryable=True)),
    "http-502": (GET, {}, refuses("http_502", retryable=True)),
    "http-504": (GET, {}, refuses("http_504", retryable=True)),
    "http-401": (GET, {}, refuses("http_401", retryable=False)),
    "http-403": (GET, {}, refuses("http_403", retryable=False)),
    "http-404": (GET, {}, refuses("http_404", retryable=False)),
    "http-408": (GET, {}, refuses("http_408", retryable=True)),
    "http-409": (GET, {}, refuses("http_409", retryable=False)),
    "redirect-loop": (GET, {}, refuses("http_302", retryable=False)),
    "http-500-after-work": (POST, {}, refuses("http_500", retryable=True)),
    "malformed-json": (GET, {}, refuses("bad_answer", retryable=False)),
    "truncated-body": (GET, {"share": 0.3}, refuses("connection_lost", retryable=True)),
    "empty-body": (GET, {}, refuses("bad_answer", retryable=False)),
    "wrong-content-type": (GET, {}, refuses("bad_answer", retryable=False)),
    "page-as-success": (GET, {}, refuses("bad_answer", retryable=False)),
    "invalid-utf8": (GET, {}, refuses("bad_answer", retryable=False)),
    "error-in-success": (QUERY, {}, gives(lambda a, _: a["error"]["code"] == "internal")),
    "unknown-members": (
        CHAT, {"members": 2}, gives(lambda a, plain: len(a) == len(plain) + 2 and words(a) == SAID),
    ),
    "huge-body": (GET, {"bytes": 1_000_000}, same_after(0)),
    "duplicate-request": (
        ("db", "execute", {"sql": "INSERT INTO t VALUES (NULL, 'x')"}), {},
        gives(lambda a, _: a["last_id"] == 2),
    ),
    "stream-cut": (STREAM, {"share": 0.5}, refuses("stream_cut", retryable=True)),
    "stream-duplicate": (STREAM, {}, gives(lambda a, plain: len(a) == len(plain) + 1)),
    "stream-out-of-order": (
        STREAM, {}, gives(lambda a, plain: a != plain and in_order(a) == in_order(plain)),
    ),
    "stream-malformed": (STREAM, {}, refuses("bad_answer", retryable=False)),
    # semantic
    "llm-truncated": (
        CHAT, {"tokens": 4},
        gives(lambda a, _: (*said(a), counted(a)) == ("Refunds are paid", "length", 4)),
    ),
    "llm-truncated-silently": (
        CHAT, {"tokens": 4}, gives(lambda a, _: said(a) == ("Refunds are paid", "stop")),
    ),
    "llm-empty": (CHAT, {}, gives(lambda a, _: said(a) == ("", "stop"))),
    "llm-refusal": (CHAT, {}, says(lambda it: it.startswith("I'm sorry"))),
    "llm-content-filter": (
        CHAT, {}, gives(lambda a, _: said(a) == ("", "content_filter")),
    ),
    "llm-schema-drift": (
        ("llm", "chat", AS_JSON), {"how": "renamed"},
        says(lambda it: set(shape(it)) in ({"labelValue", "score"}, {"label", "scoreValue"})),
    ),
    "llm-prose-around-json": (
        ("llm", "chat", AS_JSON), {}, says(lambda it: '```json\n{"label"' in it),
    ),
    "llm-wrong-tool-name": (
        TOOLS, {}, gives(lambda a, _: calls(a)[0]["name"] == "look_up_everything"),
    ),
    "llm-wrong-tool-arguments": (
        TOOLS, {"how": "missing"},
        gives(lambda a, _: len(shape(calls(a)[0]["arguments"])) == 1),
    ),
    "llm-malformed-tool-arguments": (
        TOOLS, {}, gives(lambda a, _: not is_json(calls(a)[0]["arguments"])),
    ),
    "llm-duplicate-tool-call": (
        TOOLS, {}, gives(lambda a, _: len(calls(a)) == 2 and calls(a)[0] == calls(a)[1]),
    ),
    "llm-hallucinated-citation": (
        CHAT, {}, says(lambda it: it.startswith(SAID) and "doi:10.5555/ptest." in it),
    ),
    "llm-stale-answer": (
        ("llm", "chat", {"messages": [user("First?"), user("refund?")]}),
        {}, says(lambda it: it == "You said: First?"),
    ),
    "llm-language-switch": (CHAT, {"language": "fr"}, says(lambda it: it.startswith("Je n'ai"))),
    "llm-repetition-loop": (
        CHAT, {"times": 9}, says(lambda it: it.count("Nothing is kept.") == 10),
    ),
    "llm-prompt-leak": (CHAT, {}, says(lambda it: "never tell the password" in it)),
    "llm-wrong-usage": (CHAT, {"factor": 0}, gives(lambda a, _: set(a["usage"].values()) == {0})),
    "llm-no-usage": (CHAT, {}, gives(lambda a, _: "usage" not in a and words(a) == SAID)),
    "llm-other-model": (CHAT, {}, gives(lambda a, _: a["model"] == "mock-2019")),
    "llm-context-overflow": (CHAT, {}, refuses("context_length_exceeded", retryable=False)),
    "tool-result-injection": (
        GET, {}, gives(lambda a, _: "all previous" in a["body"]["id"] and "CANARY-" in str(a)),
    ),
    "embedding-other-length": (EMBED, {}, gives(lambda a, _: len(vector(a)) == 32)),
    "embedding-zero": (EMBED, {}, gives(lambda a, _: set(vector(a)) == {0.0})),
    "embedding-not-a-number": (EMBED, {}, gives(lambda a, _: math.isnan(vector(a)[0]))),
    # infrastructure
    "process-killed": (QUERY, {}, refuses("connection_reset", retryable=True)),
    "process-paused": (QUERY, {"ms": 400}, same_after(400)),
    "memory-cap": (
        ("infra", "memory_allocate", {"owner": "o", "bytes": 1}), {},
        refuses("out_of_memory", retryable=True),
    ),
    "disk-full": (WRITE, {}, refuses("disk_full", retryable=False)),
    "disk-slow": (WRITE, {"ms": 300}, same_after(300)),
    "disk-torn-write": (WRITE, {"share": 0.5}, gives(lambda a, _: a == {"used_bytes": 4})),
    "disk-read-error": (READ, {}, refuses("io_error", retryable=False)),
    "clock-jump": (
        CLOCK, {"by_ms": -90.0}, gives(lambda a, plain: a["now_ms"] == plain["now_ms"] - 90),
    ),
    "clock-drift": (
        CLOCK, {"ppm": 500_000}, gives(lambda a, plain: a["now_ms"] == 1.5 * plain["now_ms"]),
    ),
    "descriptors-exhausted": (QUERY, {}, refuses("too_many_open_files", retryable=True)),
    "accelerator-lost": (
        ("infra", "device_run", {"kernel": "k"}), {}, refuses("device_lost", retryable=False),
    ),
    "accelerator-out-of-memory": (
        ("infra", "device_allocate", {"owner": "o", "bytes": 1}), {},
        refuses("device_out_of_memory", retryable=True),
    ),
    "queue-full": (PUBLISH, {}, refuses("queue_full", retryable=True)),
    "queue-duplicate": (PUBLISH, {}, gives(lambda a, _: a == {"id": 4, "depth": 4})),
    "queue-out-of-order": (CONSUME, {}, gives(lambda a, _: a["id"] == 2)),
    "queue-message-lost": (PUBLISH, {}, gives(lambda a, _: a == {"id": 0, "depth": 0})),
    "lease-expired": (
        ("infra", "lease_check", {"lease": "l", "token": 1}), {},
        gives(lambda a, _: a == {"valid": False}),
    ),
    "link-down": (
        ("infra", "net_send", {"from": "a", "to": "b"}), {}, refuses("unreachable", retryable=True),
    ),
}  # fmt: skip

LASTS = {"accelerator-lost", "lease-expired"}
"""What is over only when somebody mends it; `MENDS` says how."""
MENDS = {
    "accelerator-lost": ("infra", "device_reset", {}),
    "lease-expired": ("infra", "lease_acquire", {"lease": "l", "owner": "o"}),
}
BEFORE = [
    ("infra", "disk_write", {"path": "/a", "text": "x"}),
    ("infra", "queue_publish", {"queue": "q", "message": 1}),
    ("infra", "queue_publish", {"queue": "q", "message": 2}),
    ("infra", "lease_acquire", {"lease": "l", "owner": "o"}),
]


def is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def vector(answer):
    return answer["data"][0]["embedding"]


def prepared(made):
    for call in BEFORE:
        observed(made, call)
    return made


def in_service(name):
    return Place.SERVICE in CATALOGUE[name].places


def test_every_kind_that_can_be_at_a_service_is_tested_here():
    assert set(EFFECTS) == {name for name in CATALOGUE if in_service(name)}


@pytest.mark.parametrize("name", EFFECTS)
def test_a_fault_has_its_effect_on_a_call_and_is_over_with_it(name):
    call, params, check = EFFECTS[name]
    first = 3 if call[1] == "queue_publish" else 2 if call[1] == "disk_write" else 1
    planned = plan(name, call[0], call[1], params=params, first=first)
    made, untouched = prepared(host(planned)), prepared(host())
    plain, plain_ms = observed(untouched, call)
    assert plain_ms == 0
    assert made.firings == []
    answer, took_ms = observed(made, call)
    check(answer, took_ms, plain)
    (firing,) = made.firings
    assert (firing.fault, firing.at) == (name, f"{call[0]}.{call[1]}/{first}")
    if name in LASTS:
        assert observed(made, call) != (plain, 0)
        observed(made, MENDS[name])
        again = {**call[2], "token": 2} if "token" in call[2] else call[2]
        call = (*call[:2], again)
    after, took_ms = observed(made, call)
    assert not isinstance(after, ServiceError)
    assert took_ms == 0
    assert len(made.firings) == 1


@pytest.mark.parametrize("name", EFFECTS)
def test_the_same_plan_does_the_same_again(name):
    call, params, _check = EFFECTS[name]
    planned = plan(name, call[0], call[1], params=params, at_most=None, share=0.5)

    def told():
        made = host(planned)
        answers = [observed(made, call) for _ in range(6)]
        return [str(answer) for answer in answers], [one.as_json() for one in made.firings]

    assert told() == told()


def test_any_two_faults_can_happen_to_one_call():
    """In either order: what the first leaves of an answer may be nothing that the second knows."""
    small, offered = {"bytes": 100, "members": 2}, services()
    stream = ("llm", "chat_stream", asked("Hi", stream=True))
    here = [kind for name, kind in CATALOGUE.items() if in_service(name)]
    kinds = [kind for kind in here if kind.answer or kind.reply]
    pairs = [(one, other) for one in kinds for other in kinds if one is not other]
    assert len(pairs) > 1_000

    def both(one, other, operation):
        rules = tuple(
            Rule(
                id=kind.name,
                fault=kind.name,
                at=Target(place=Place.SERVICE, name=operation[0]),
                params={name: small[name] for name in kind.params if name in small},
            )
            for kind in (one, other)
        )
        return Host(offered, plan=FaultPlan(seed=1, rules=rules))

    async def work():
        for one, other in pairs:
            shared = [
                call for call in (stream, EMBED, CLOCK) if fits(one, call) and fits(other, call)
            ]
            for call in shared[:1]:
                reply = await both(one, other, call).exchange(write_request(Asked(*call, "")))
                assert reply.status or reply.broken, (one.name, other.name)

    def fits(kind, call):
        name = ".".join(call[:2])
        return not kind.at or any(fnmatch.fnmatchcase(name, pattern) for pattern in kind.at)

    asyncio.run(work())


def test_the_work_is_done_although_the_answer_is_lost():
    for name in ("answer-lost", "half-open", "connection-reset", "http-500-after-work"):
        made = host(plan(name, "api", "post"))
        observed(made, POST)
        assert observed(made, ("api", "performed", {}))[0] == {"POST /orders": 1}, name
    for name in ("http-503", "partition", "connection-refused"):
        made = host(plan(name, "api", "post"))
        observed(made, POST)
        assert observed(made, ("api", "performed", {}))[0] == {}, name


def test_what_to_wait_is_told_to_the_caller():
    made = host(plan("http-429", "api", params={"retry_after_ms": 1500}))
    assert observed(made, GET)[0].details == {"retry_after_ms": 1500}


def test_a_service_that_is_killed_loses_what_it_did_not_keep():
    made = host(plan("process-killed", "db", "query"))
    began, _ = observed(made, ("db", "begin", {}))
    kept = ("db", "execute", {"sql": "INSERT INTO t VALUES (1, 'x')"})
    observed(made, kept)
    open_one = {"sql": "INSERT INTO t VALUES (2, 'y')", **began}
    del open_one["isolation"]
    observed(made, QUERY)
    lost, _ = observed(made, ("db", "execute", open_one))
    assert lost.code == "not_found"
    assert observed(made, ("db", "query", {"sql": "SELECT id FROM t"}))[0] == [{"id": 1}]


def test_a_fault_that_changes_nothing_did_not_happen():
    made = host(plan("latency", "llm", params={"ms": 0}))
    observed(made, CHAT)
    assert made.firings == []
    assert not made.conclusive
    assert host().conclusive


def test_a_late_request_has_its_effect_late():
    made = host(plan("latency", "api", params={"ms": 80, "side": "request"}))
    assert observed(made, GET)[1] == 80
    assert [firing.fault for firing in made.firings] == ["latency"]


def test_a_wrong_answer_is_streamed_like_a_right_one():
    made = host(plan("llm-truncated", "llm", params={"tokens": 4}))
    chunks, _ = observed(made, STREAM)
    said = "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks)
    assert said == "Refunds are paid"
    assert chunks[-1]["choices"][0]["finish_reason"] == "length"


def test_an_injection_finds_a_place_in_every_answer():
    for call in (QUERY, CLOCK, ("db", "query", {"sql": "SELECT 'text' AS a"})):
        answer, _ = observed(host(plan("tool-result-injection", call[0])), call)
        assert "Ignore all previous instructions" in json.dumps(answer)


def test_the_ways_of_drifting_differ():
    seen = {}
    for how in ("renamed", "missing", "retyped", "wrapped"):
        made = host(plan("llm-schema-drift", "llm", params={"how": how}))
        seen[how] = words(observed(made, ("llm", "chat", AS_JSON))[0])
    assert len({*seen.values(), '{"label":"routine","score":3}'}) == 5
    made = host(plan("llm-schema-drift", "llm"))
    assert words(observed(made, ("llm", "chat", asked("hello")))[0]).startswith('{"result":')
