"""An application with a real HTTP client meets our mock services where its settings lead."""

import asyncio
import importlib
import sys
import textwrap
from dataclasses import replace

import pytest

from production_testers.experiments.judging import run_and_judge
from production_testers.experiments.target_mocks import serve_for_real
from production_testers.mocks.wire.answering import taken
from production_testers.model.scenario import Kind, using
from production_testers.model.target import MockSpec, Promises, Target
from production_testers.model.usage import Call, Usage, Work
from production_testers.suts.plain_bench import PlainBench
from production_testers.suts.reference import ReferenceAdapter

APPLICATION = """
import asyncio
import json
import os

import aiohttp
import httpx2

URL = os.environ["ASSISTANT_URL"]


def requests():
    return [{"order": f"o-{n}", "text": f"hello {n}"} for n in range(4)]


def shop():
    paid = []

    async def answer(method, path, headers, body):
        paid.append(json.loads(body))
        return 201, {"paid": True, "count": len(json.loads(body))}

    return answer


def with_aiohttp(payments_url):
    async def handle(request):
        patience = aiohttp.ClientTimeout(total=PATIENCE)
        async with aiohttp.ClientSession(timeout=patience) as session:
            asked = {"model": "m", "messages": [{"role": "user", "content": request["text"]}]}
            async with session.post(f"{URL}/chat/completions", json=asked) as reply:
                reply.raise_for_status()
                said = await reply.json()
            headers = {"Idempotency-Key": KEY}
            async with session.post(payments_url, json=request, headers=headers) as reply:
                reply.raise_for_status()
                paid = await reply.json()
        return {"chars": len(said["choices"][0]["message"]["content"]), "paid": paid["paid"]}

    return handle


def with_httpx(payments_url):
    async def handle(request):
        async with httpx2.AsyncClient(timeout=PATIENCE) as client:
            asked = {"model": "m", "messages": [{"role": "user", "content": request["text"]}]}
            reply = await client.post(f"{URL}/chat/completions", json=asked)
            reply.raise_for_status()
            headers = {"Idempotency-Key": KEY}
            paid = await client.post(payments_url, json=request, headers=headers)
            paid.raise_for_status()
        chars = len(reply.json()["choices"][0]["message"]["content"])
        return {"chars": chars, "paid": paid.json()["paid"]}

    return handle
"""
RIGHT = APPLICATION.replace("PATIENCE", "3").replace("KEY", 'request["order"]')
WRONG = APPLICATION.replace("PATIENCE", "None").replace("KEY", "os.urandom(8).hex()")

ADAPTER = ReferenceAdapter()
SUT = ADAPTER.describe()
CLIENTS = pytest.mark.parametrize("client", ["with_aiohttp", "with_httpx"])


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """Executes calls of an application whose code is given, with what goes wrong in them."""
    numbers = iter(range(100))

    def execute(code, client, *works):
        module = f"shop_{tmp_path.name}_{next(numbers)}".replace("-", "_")
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(code))
        monkeypatch.setattr(sys, "path", list(sys.path))
        monkeypatch.setenv("ASSISTANT_URL", "")
        target = Target(
            object=f"{module}:{client}",
            folder=str(tmp_path),
            inputs=f"{module}:requests",
            records=4,
            mocks={
                "llm": MockSpec(service="llm", env="ASSISTANT_URL", value="{url}/v1"),
                "payments": MockSpec(
                    factory=f"{module}:shop",
                    parameter="payments_url",
                    value="{url}/payments",
                    effects=("POST /payments",),
                    deduplicates_by="Idempotency-Key",
                ),
            },
            promises=Promises(timeout_ms=10_000, idempotent="order", refuses_bad_answers=True),
            stages={"handle": ""},
        )
        calls = tuple(
            Call(key=f"c0.{n}", client="c0", operation="handle", arguments={"record": 0}, works=w)
            for n, w in enumerate(works)
        )
        settings = {"target": target.as_json(), "control": False}
        return run_and_judge(
            ADAPTER, SUT, using(Kind.CHAOS, Usage(unit="target", settings=settings, calls=calls))
        )

    return execute


def ends(seen):
    return [e.value["outcome"] for e in seen.observation.history if e.kind.value == "run_ended"]


@CLIENTS
def test_a_real_client_is_answered_inside_of_the_simulation(judged, client):
    seen = judged(RIGHT, client, {}, {})
    assert ends(seen) == ["returned", "returned"], [e.value for e in seen.observation.history]
    assert seen.session.refused == ()
    assert seen.broken == {}
    assert seen.verdicts["target/effects-once"].exercised == 1


@CLIENTS
@pytest.mark.parametrize(
    "work",
    [
        Work(ms=0.0, hangs=True),
        Work(ms=30_000.0),
        Work(ms=0.0, hangs=True, late=True),
        Work(ms=0.0, raises="connection"),
        Work(ms=0.0, raises="error", late=True),
        Work(ms=0.0, spoils="truncated"),
        Work(ms=0.0, spoils="empty"),
    ],
    ids=lambda w: f"{w.raises}{w.spoils}{'hangs' * w.hangs}{'late' * w.late}{w.ms:g}",
)
@pytest.mark.parametrize("mock", ["llm", "payments"])
def test_a_right_application_fails_in_time_and_acts_once(judged, client, work, mock):
    seen = judged(RIGHT, client, {f"{mock}.*": (work,)}, {})
    assert ends(seen) == ["raised", "returned"]
    assert seen.broken == {}


@CLIENTS
def test_a_client_without_a_time_out_waits_for_ever(judged, client):
    seen = judged(WRONG, client, {"llm.*": (Work(ms=0.0, hangs=True),)})
    assert "target/in-time" in seen.broken


@CLIENTS
def test_an_answer_that_is_lost_and_another_key_pay_twice(judged, client):
    seen = judged(
        WRONG, client, {"payments.*": (Work(ms=0.0, raises="connection", late=True),)}, {}
    )
    assert "target/effects-once" in seen.broken


@CLIENTS
def test_the_same_scenario_has_the_same_history(judged, client):
    works = {"llm.*": (Work(ms=5.0), Work(ms=0.0, raises="error"))}
    one, two = (judged(RIGHT, client, works, {}) for _ in range(2))
    names = [(e.kind, e.stage, e.time_ns) for e in one.observation.history]
    assert names == [(e.kind, e.stage, e.time_ns) for e in two.observation.history]


def test_the_same_answers_come_over_loopback(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    monkeypatch.setattr("production_testers.model.target.PORT", 47_000 + hash(tmp_path.name) % 90)
    (tmp_path / "shop_real.py").write_text(RIGHT)
    spec = MockSpec(service="llm", env="ASSISTANT_URL", value="{url}/v1")
    target = Target(object="shop_real:with_aiohttp", folder=str(tmp_path), mocks={"llm": spec})
    paid = MockSpec(factory="shop_real:shop", parameter="payments_url", value="{url}/payments")
    target = replace(target, mocks={"llm": spec, "payments": paid})
    monkeypatch.setenv("ASSISTANT_URL", target.setting_of("llm"))

    async def main():
        servers = await serve_for_real(target, PlainBench())
        given = await importlib.import_module("shop_real").with_aiohttp(
            target.setting_of("payments")
        )({"order": "o", "text": "hi"})
        for server in servers:
            server.close()
        return given

    assert asyncio.run(main())["paid"] is True


def test_requests_are_taken_off_a_connection_one_after_the_other():
    first = b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
    second = (
        b"PUT /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxy\r\n1;q\r\nz\r\n0\r\n\r\n"
    )
    one, rest = taken(first + second)
    assert (one.method, one.path, one.body) == ("POST", "/a", b"abc")
    two, rest = taken(rest)
    assert (two.method, two.body, rest) == ("PUT", b"xyz", b"")
    assert taken(first[:-1]) == (None, first[:-1])
    assert taken(second[:-4])[0] is None
