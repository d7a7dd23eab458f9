"""The HTTP target against a real server that answers in every way that HTTP/1.1 allows."""

import asyncio
import threading

import pytest

from production_testers.load.arrivals import constant
from production_testers.load.plan import Plan
from production_testers.load.running import perform
from production_testers.load.worker.http import request_bytes

pytestmark = pytest.mark.slow

ANSWERS = {
    "/length": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "/empty": b"HTTP/1.1 204 No Content\r\n\r\n",
    "/early": b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "/close": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
    "/until-the-end": b"HTTP/1.0 200 OK\r\n\r\nok",
    "/missing": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    "/torn": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok",
    "/nonsense": b"hello\r\n\r\n",
    "/never": b"",
}
CLOSED = {"/close", "/until-the-end", "/torn"}


@pytest.fixture(scope="module")
def address():
    """A server in a thread of its own."""
    ready, stop = threading.Event(), []

    async def answer(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                method, path, _ = head.split(b" ", 2)
                text = ANSWERS[path.decode()]
                writer.write(
                    text.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == b"HEAD" else text
                )
                await writer.drain()
                if path.decode() in CLOSED:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    async def main():
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        stop.extend([asyncio.get_running_loop(), asyncio.Event(), server.sockets[0].getsockname()])
        ready.set()
        await stop[1].wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    ready.wait(10)
    yield f"http://127.0.0.1:{stop[2][1]}"
    stop[0].call_soon_threadsafe(stop[1].set)
    thread.join(10)


def load(url, **fields):
    target = {"kind": "http", "url": url, "method": "GET", "headers": [], "body": ""}
    target |= {name: fields.pop(name) for name in ("method",) if name in fields}
    shape = constant(40)
    return perform(
        Plan(target=target, words=url, duration_s=0.5, shape=shape, warm_up_s=0.0, **fields)
    )


@pytest.mark.parametrize(
    "path", ["/length", "/chunked", "/empty", "/early", "/close", "/until-the-end"]
)
def test_every_whole_answer_counts_as_completed(address, path):
    result = load(address + path)
    assert (result.completed, dict(result.errors)) == (20, {})


def test_the_answer_to_head_has_no_body(address):
    assert load(f"{address}/length", method="HEAD").completed == 20


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/missing", "HttpStatusError: 404"),
        ("/torn", "ConnectionLostError"),
        ("/nonsense", "ConnectionLostError: the answer is no HTTP"),
    ],
)
def test_every_other_answer_is_a_failure_with_its_reason(address, path, told):
    result = load(address + path)
    assert result.completed == 0
    assert result.failures == 20
    assert all(error.startswith(told) for error in result.errors)


def test_what_is_never_answered_is_given_up_at_the_end(address):
    result = load(f"{address}/never", drain_s=0.2)
    assert (result.completed, result.failures, result.unfinished) == (0, 0, 20)


@pytest.mark.parametrize("fields", [{"timeout_s": 5.0}, {"concurrency": 1}, {"under_way_max": 5}])
def test_requests_with_a_limit_complete_as_well(address, fields):
    assert load(f"{address}/length", **fields).completed == 20


def test_a_request_is_what_goes_over_the_wire():
    headers = [["X-One", "1"]]
    assert request_bytes("http://user@a:81/b?c=d", "POST", headers, b"xy") == (
        b"POST /b?c=d HTTP/1.1\r\nHost: a:81\r\nContent-Length: 2\r\nX-One: 1\r\n\r\nxy"
    )
    assert request_bytes("http://a", "GET", [["host", "b"]], b"") == (
        b"GET / HTTP/1.1\r\nhost: b\r\n\r\n"
    )
