"""What the mock services cost: a call in one process, a request over HTTP, a database's statement.

    PYTHONPATH=benchmarks .venv/bin/python benchmarks/mocks/services.py

Writes its sections of docs/benchmarks.md; with `--calls`, only the one about one process. There,
CPU time: many short rounds, because others use the machine, too.
"""

import asyncio
import itertools
import multiprocessing
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import aiohttp
from page import write_section

from production_testers.mocks.host import Host
from production_testers.mocks.servers.http import serving
from production_testers.mocks.services import MockLlm
from production_testers.mocks.stock import stock_services
from production_testers.model.fault_plan import FaultPlan, Place, Rule, Target, When

ROUNDS = 2_000
CALLS = 25
REQUESTS = 3_000
CONNECTIONS = 32
SYSTEM = {"role": "system", "content": "You are a helpful assistant. Answer in one sentence."}
COMMAND = "python benchmarks/mocks/services.py"


def asked(number):
    """A request that was not made before: nothing of it is remembered."""
    words = f"What is the state of order {number}, and when will it be delivered?"
    return {"model": "mock", "messages": [SYSTEM, {"role": "user", "content": words}]}


async def per_call(host, service, operation, payloads):
    """CPU µs for each call, by round, in order."""
    rounds = []
    for _ in range(ROUNDS):
        batch = list(itertools.islice(payloads, CALLS))
        start = time.process_time()
        for payload in batch:
            await host.call(service, operation, payload)
        rounds.append((time.process_time() - start) / CALLS * 1e6)
    return sorted(rounds)


def never(fault):
    """A plan that looks at every call and does nothing."""
    rule = Rule(id="one", fault=fault, at=Target(place=Place.SERVICE), when=When(share=0.0))
    return FaultPlan(rules=(rule,))


async def in_process():
    echo = {"model": "mock", "messages": [{"role": "user", "content": "Ping?"}]}
    text = {"input": "What is the state of order 7, and so on"}
    by_key = {"sql": "SELECT * FROM items WHERE id = ?", "params": ["x"]}
    scripted = {r"\border\b": "It is on its way and arrives on Monday."}
    model, planned = MockLlm(1, scripted), never("http-500")
    new, again = map(asked, itertools.count()), itertools.repeat
    stock = Host(stock_services(1))
    hosts = {
        "chat, scripted, every prompt new": (Host({"llm": model}), "llm", "chat", new),
        "chat, echo, the same short prompt": (stock, "llm", "chat", again(echo)),
        "chat, scripted, with a plan that does nothing": (
            Host({"llm": model}, plan=planned),
            "llm",
            "chat",
            new,
        ),
        "embed, a text of 40 letters": (stock, "llm", "embed", again(text)),
        "db query of one row by key": (stock, "db", "query", again(by_key)),
        "api get": (stock, "api", "get", again({"path": "/items/7"})),
        "infra clock_now": (stock, "infra", "clock_now", again({"node": "n"})),
    }
    for name, (host, *call) in hosts.items():
        rounds = await per_call(host, *call)
        yield name, rounds[0], rounds[len(rounds) // 10], statistics.median(rounds)


def serve(pipe):
    """A server in a process of its own; tells where it is and, at the end, what CPU it took."""

    async def work():
        scripted = {r"\border\b": "It is on its way and arrives on Monday."}
        host = Host({**stock_services(1), "llm": MockLlm(1, scripted)})
        async with serving(host) as url:
            pipe.send(url)
            while not pipe.poll():  # noqa: ASYNC110 - a pipe sets no event
                await asyncio.sleep(0.01)
        pipe.recv()
        pipe.send(time.process_time())

    asyncio.run(work())


async def load(url, path, payload):
    """Requests a second, and the client's CPU µs for each."""
    numbers = iter(range(REQUESTS))
    start, cpu = time.perf_counter(), time.process_time()

    async def one(session):
        for number in numbers:
            async with session.post(path, json=payload(number)) as response:
                await response.read()
                assert response.status == 200, response.status

    async with aiohttp.ClientSession(url) as session:
        await asyncio.gather(*(one(session) for _ in range(CONNECTIONS)))
    took = time.perf_counter() - start
    return REQUESTS / took, (time.process_time() - cpu) / REQUESTS * 1e6


def over_http():
    for name, path, payload in (
        ("POST /v1/chat/completions", "/v1/chat/completions", asked),
        ("the same, streamed", "/v1/chat/completions", lambda n: {**asked(n), "stream": True}),
        ("POST /infra/clock_now", "/infra/clock_now", lambda _n: {"node": "n"}),
    ):
        ours, theirs = multiprocessing.Pipe()
        server = multiprocessing.Process(target=serve, args=(theirs,))
        server.start()
        url = ours.recv()
        before = cpu_of(server.pid)
        rate, client = asyncio.run(load(url, path, payload))
        cpu = (cpu_of(server.pid) - before) / REQUESTS * 1e6
        ours.send("stop")
        ours.recv()
        server.join()
        yield name, f"{rate:,.0f}", f"{cpu:,.0f}", f"{1e6 / cpu:,.0f}", f"{client:,.0f}"


def cpu_of(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def collect():
    return [row async for row in in_process()]


def main():
    rows = [
        (name, *(f"{figure:.1f}" for figure in figures))
        for name, *figures in asyncio.run(collect())
    ]
    write_section(
        "Mock services: a call in one process",
        COMMAND,
        f"CPU µs for one call of a host, without any latency, by {ROUNDS:,} rounds of {CALLS}"
        " calls. Aim for the model: under 20 µs. Others use the same cores and caches, which CPU"
        " time does not show: the quickest tenth of the rounds is what a call costs undisturbed.",
        ("call", "least", "quickest tenth", "median"),
        rows,
    )
    if "--calls" in sys.argv:
        return
    write_section(
        "Mock services: over HTTP",
        COMMAND,
        f"{REQUESTS:,} requests over {CONNECTIONS} connections that stay open, aiohttp on both"
        " sides, one process each, both on the same two cores. The rate is of both together; what"
        " one core could answer alone is what the server's CPU time for a request gives.",
        (
            "request",
            "a second, measured",
            "server CPU µs",
            "a second and core of the server",
            "client CPU µs",
        ),
        list(over_http()),
    )


if __name__ == "__main__":
    main()
