"""The API's schemas, windows of rates and webhooks; and the machine of the infrastructure."""

import asyncio
import hashlib
import hmac
import json
from random import Random

import pytest

from mocks.faults.test_at_services import observed, virtually
from production_testers.mocks.delivering import ATTEMPTS_MAX, deliver
from production_testers.mocks.host import Host, Pace
from production_testers.mocks.services import (
    Endpoint,
    InfrastructureLimits,
    MockApi,
    MockInfrastructure,
    MockLlm,
    ServiceError,
)
from production_testers.mocks.services.schema import mistakes
from production_testers.model.errors import UsageError

SCHEMA = {
    "type": "object",
    "required": ["amount", "kind"],
    "additionalProperties": False,
    "properties": {
        "amount": {"type": "integer", "minimum": 1, "maximum": 100},
        "kind": {"enum": ["a", "b"]},
        "note": {"type": "string", "maxLength": 3, "pattern": "^x"},
        "tags": {"type": "array", "maxItems": 2, "items": {"type": "string", "minLength": 1}},
    },
}


def api(**members):
    endpoint = Endpoint(method="POST", path="/pay", response={"ok": True}, **members)
    return MockApi(1, (endpoint,))


def post(made, **payload):
    return made.handle("post", {"path": "/pay", **payload}, Random(1))


@pytest.mark.parametrize(
    ("body", "mistake"),
    [
        ({"amount": 5, "kind": "a"}, None),
        ({"amount": 5, "kind": "a", "tags": ["x"], "note": "xy"}, None),
        ({"kind": "a"}, "body.amount: is missing"),
        ({"amount": "5", "kind": "a"}, "body.amount: '5' is no integer"),
        ({"amount": True, "kind": "a"}, "body.amount: True is no integer"),
        ({"amount": 0, "kind": "a"}, "body.amount: 0 breaks minimum 1"),
        ({"amount": 101, "kind": "a"}, "body.amount: 101 breaks maximum 100"),
        ({"amount": 5, "kind": "c"}, "body.kind: 'c' breaks enum ['a', 'b']"),
        ({"amount": 5, "kind": "a", "note": "xxxx"}, "body.note: 'xxxx' breaks maxLength 3"),
        ({"amount": 5, "kind": "a", "note": "yy"}, "body.note: 'yy' breaks pattern '^x'"),
        ({"amount": 5, "kind": "a", "tags": ["", "b"]}, "body.tags[0]: '' breaks minLength 1"),
        (
            {"amount": 5, "kind": "a", "tags": ["a"] * 3},
            "body.tags: ['a', 'a', 'a'] breaks maxItems 2",
        ),
        ({"amount": 5, "kind": "a", "more": 1}, "body.more: there is no such member"),
    ],
)
def test_a_body_keeps_its_schema_or_every_mistake_is_told(body, mistake):
    if mistake is None:
        assert post(api(schema=SCHEMA), body=body)["status"] == 200
        return
    with pytest.raises(ServiceError) as refused:
        post(api(schema=SCHEMA), body=body)
    assert refused.value.code == "invalid"
    assert refused.value.details == {"mistakes": [mistake]}


def test_every_type_is_known():
    for kind, fits in {
        "null": None,
        "boolean": False,
        "number": 1.5,
        "array": [],
        "object": {},
    }.items():
        assert list(mistakes(fits, {"type": kind})) == []
        assert list(mistakes("text", {"type": kind}))


@pytest.mark.parametrize(
    "schema",
    [
        {"minProperties": 1},
        {"type": "decimal"},
        {"properties": {"a": {"not": {}}}},
        {"items": {"x": 1}},
    ],
)
def test_a_schema_that_says_something_unchecked_is_refused(schema):
    with pytest.raises(UsageError, match=r"is not checked|decimal"):
        api(schema=schema)


def test_a_window_of_a_rate_ends_in_time():
    made = Host({"api": api(rate_limit=2, rate_window_ms=1000)})
    call = ("api", "post", {"path": "/pay"})

    async def work():
        seen = []
        for wait_s in (0, 0, 0.25, 0.75, 0, 0):
            await asyncio.sleep(wait_s)
            try:
                seen.append((await made.call(*call))["status"])
            except ServiceError as error:
                seen.append((error.code, error.details["retry_after_ms"]))
        return seen

    seen, _ = virtually(work)
    assert seen == [200, 200, ("rate_limited", 750), 200, 200, ("rate_limited", 1000)]


def test_webhooks_are_owed_once_for_each_piece_of_work_and_signed():
    made = api(webhook="paid")
    post(made, idempotency_key="k")
    post(made, idempotency_key="k")  # the first answer again: nothing was done
    (owed,) = made.handle("webhooks", {}, Random(1))
    body = json.loads(owed["body"])
    assert body == {
        "id": "evt-1",
        "event": "paid",
        "data": {"path": "/pay", "answer": {"ok": True}},
    }
    expected = hmac.new(made.outbox.secret.encode(), owed["body"].encode(), hashlib.sha256)
    assert owed["signature"] == expected.hexdigest()
    assert made.handle("webhook_ack", {"id": "evt-1"}, Random(1)) == {"waiting": 0}
    with pytest.raises(ServiceError, match="not_found"):
        made.handle("webhook_ack", {"id": "evt-1"}, Random(1))


def test_a_webhook_is_delivered_until_it_is_taken_or_given_up():
    made = Host({"api": api(webhook="paid")})
    attempts = []

    async def refuses_twice(delivery):
        attempts.append(delivery["attempt"])
        return len(attempts) > 2

    async def never(_delivery):
        return False

    async def work():
        await made.call("api", "post", {"path": "/pay"})
        taken = [await deliver(made, refuses_twice) for _ in range(4)]
        await made.call("api", "post", {"path": "/pay"})
        given_up = [await deliver(made, never) for _ in range(ATTEMPTS_MAX)]
        return taken, given_up, await made.call("api", "webhooks", {})

    assert asyncio.run(work()) == ([0, 0, 1, 0], [0] * ATTEMPTS_MAX, [])
    assert attempts == [1, 2, 3]


def infra(**limits):
    return MockInfrastructure(1, InfrastructureLimits(**limits))


def do(made, operation, **payload):
    return made.handle(operation, payload, Random(1))


def refused(made, operation, **payload):
    with pytest.raises(ServiceError) as error:
        do(made, operation, **payload)
    return error.value.code, error.value.retryable


def test_cores_run_out_and_come_back():
    made = infra(cores=2)
    assert do(made, "cpu_acquire", owner="a", cores=2) == {"used_cores": 2}
    assert refused(made, "cpu_acquire", owner="b") == ("cpu_busy", True)
    assert refused(made, "cpu_release", owner="b") == ("conflict", False)
    assert do(made, "cpu_release", owner="a") == {"used_cores": 1}
    assert do(made, "cpu_acquire", owner="b") == {"used_cores": 2}


def test_a_process_runs_stands_still_dies_and_starts_anew():
    made = infra()
    assert refused(made, "process_ask", process="p") == ("not_found", False)
    assert do(made, "process_start", process="p") == {"state": "running", "starts": 1}
    assert refused(made, "process_start", process="p") == ("conflict", False)
    do(made, "process_pause", process="p")
    assert refused(made, "process_ask", process="p") == ("process_paused", True)
    do(made, "process_resume", process="p")
    assert do(made, "process_ask", process="p")["state"] == "running"
    do(made, "process_kill", process="p")
    assert refused(made, "process_ask", process="p") == ("process_dead", True)
    assert refused(made, "process_pause", process="p") == ("process_dead", False)
    assert do(made, "process_start", process="p") == {"state": "running", "starts": 2}


def test_an_accelerator_is_full_lost_and_reset():
    made = infra(device_bytes=10)
    assert do(made, "device_allocate", owner="a", bytes=8) == {"used_bytes": 8}
    assert refused(made, "device_allocate", owner="b", bytes=3) == ("device_out_of_memory", True)
    assert do(made, "device_run", kernel="k") == {"runs": 1}
    do(made, "device_lose")
    assert refused(made, "device_run", kernel="k") == ("device_lost", False)
    do(made, "device_reset")
    assert do(made, "device_allocate", owner="b", bytes=10) == {"used_bytes": 10}
    assert do(made, "device_free", owner="b") == {"used_bytes": 0}


def test_names_and_links():
    made = infra(zone={"a.internal": ("10.0.0.9",)})
    assert do(made, "dns_resolve", name="A.internal.")["addresses"] == ["10.0.0.9"]
    assert refused(made, "dns_resolve", name="b.internal") == ("name_not_found", False)
    assert do(made, "net_send", **{"from": "a", "to": "b"}) == {"delivered": True}
    do(made, "net_cut", **{"from": "a", "to": "b"})
    assert refused(made, "net_send", **{"from": "b", "to": "a"}) == ("unreachable", True)
    do(made, "net_heal", **{"from": "b", "to": "a"})
    assert do(made, "net_send", **{"from": "a", "to": "b"}) == {"delivered": True}


def test_clocks_go_with_the_hosts_time_each_off_by_its_skew():
    made = Host({"infra": MockInfrastructure(1)})

    async def work():
        seen = []
        for _ in range(2):
            seen.append(
                [(await made.call("infra", "clock_now", {"node": n}))["now_ms"] for n in "ab"]
            )
            await asyncio.sleep(2.5)
        return seen

    (first, second), _ = virtually(work)
    assert [round(b - a) for a, b in zip(first, second, strict=True)] == [2500, 2500]
    assert first[0] != first[1]


def test_a_crash_loses_memory_and_brings_messages_again():
    made = infra()
    do(made, "memory_allocate", owner="a", bytes=5)
    do(made, "queue_publish", queue="q", message="m")
    do(made, "queue_consume", queue="q")
    made.crash()
    assert do(made, "memory_allocate", owner="a", bytes=1) == {"used_bytes": 1}
    assert do(made, "queue_consume", queue="q") == {"id": 1, "message": "m", "attempt": 2}


def test_a_service_takes_the_time_that_its_pace_says():
    call = ("llm", "chat", {"messages": [{"role": "user", "content": "hi"}]})
    assert observed(Host({"llm": MockLlm(1)}, paces={"llm": Pace(first_ms=40)}), call)[1] == 40
    stream = ("llm", "chat_stream", call[2])
    answer, took_ms = observed(
        Host({"llm": MockLlm(1)}, paces={"llm": Pace(first_ms=40, piece_ms=10)}), stream
    )
    assert took_ms == 40 + 10 * (len(answer) + 1)


def test_calls_of_models_are_added_up_also_when_they_are_streamed():
    made = Host({"llm": MockLlm(1)})
    messages = {"messages": [{"role": "user", "content": "hi there"}], "model": "m"}
    observed(made, ("llm", "chat", messages))
    observed(made, ("llm", "chat_stream", {**messages, "stream_options": {"include_usage": True}}))
    spent = made.ledger.as_json()["m"]
    assert (spent["calls"], spent["prompt_tokens"], spent["cost_micros"]) == (2, 12, 0)
