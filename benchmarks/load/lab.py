"""The load lab as a user has it: a stall, HTTP, several workers, memory over many operations.

Run from the repository's root: `python benchmarks/load/lab.py [stall] [http] [workers] [memory]`.
"""

import asyncio
import multiprocessing
import os
import socket
import statistics
import sys
import time
from pathlib import Path
from random import Random

import uvloop

from production_testers.load.arrivals import constant
from production_testers.load.plan import Plan
from production_testers.load.result import percentiles_ms
from production_testers.load.running import perform
from production_testers.load.worker.recorder import Recorder
from production_testers.load.worker.sampling import resident_kb

sys.path.insert(0, str(Path(__file__).parents[1]))
from page import write_section

HERE = str(Path(__file__).parent)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
PORT = 18_799
PAIRS = 7


async def trivial():
    return None


async def stalls():
    """Stalls for one second in every ten: the true 99th percentile is 900 ms."""
    left = 1 - time.perf_counter() % 10
    if left > 0:
        await asyncio.sleep(left)


async def small_work():
    """About 100 µs of CPU, and a turn for others."""
    await asyncio.sleep(0)
    sum(range(4_000))


def plan(name, **fields):
    return Plan(
        target={"kind": "callable", "name": f"lab:{name}"}, words=name, paths=(HERE,), **fields
    )


def told(values, digits=2):
    median = statistics.median(values)
    return f"{median:.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def stall():
    rows = []
    for name, load in (
        ("open loop, 500 a second", {"shape": constant(500)}),
        ("closed loop, 100 callers", {"concurrency": 100}),
    ):
        result = perform(plan("stalls", duration_s=101.0, warm_up_s=1.0, **load))
        found = percentiles_ms(result.latency)["p99_ms"]
        send = percentiles_ms(result.service)["p99_ms"]
        fixed = result.corrected
        rows.append(
            (
                name,
                f"{found:.0f} ms ({100 * (found / 900 - 1):+.1f} %)",
                f"{send:.0f} ms",
                "" if fixed is None else f"{percentiles_ms(fixed)['p99_ms']:.0f} ms",
            )
        )
    write_section(
        "Load: a target that stalls",
        "python benchmarks/load/lab.py stall",
        "1 s in every 10 s, so the true p99 is 900 ms; 100 s after the warm-up. Aim of the open"
        " loop: within 5 %. The anchors: k6 920, Locust 16 to 170, closed loop from the send 153.",
        ("load", "p99", "p99 from the send", "p99 corrected for omission"),
        rows,
    )


class Server(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(ANSWER * data.count(b"\r\n\r\n"))


def serve():
    async def main():
        loop = asyncio.get_running_loop()
        await loop.create_server(Server, "127.0.0.1", PORT)
        await asyncio.Event().wait()

    uvloop.run(main())


def plain_us(rate, duration_s):
    """CPU µs per request of a blocking socket that asks at a rate, and keeps nothing."""
    with socket.create_connection(("127.0.0.1", PORT)) as one:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begun, before, count = time.perf_counter(), time.process_time(), round(rate * duration_s)
        for number in range(count):
            time.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            one.sendall(REQUEST)
            one.recv(4096)
        return (time.process_time() - before) / count * 1e6


def http():
    server = multiprocessing.Process(target=serve, daemon=True)
    server.start()
    time.sleep(1)
    target = {
        "kind": "http",
        "url": f"http://127.0.0.1:{PORT}/",
        "method": "GET",
        "headers": [],
        "body": "",
    }
    loads = {
        "closed loop, 50 connections": {"concurrency": 50},
        "open loop, 2,000 a second": {"shape": constant(2_000)},
        "open loop, 5,000 a second": {"shape": constant(5_000)},
    }
    barest = {f"a plain socket, {rate:,} a second": rate for rate in (2_000, 5_000)}
    costs = {name: [] for name in (*loads, *barest)}
    for _ in range(PAIRS):
        for name, load in loads.items():
            result = perform(Plan(target=target, words="http", duration_s=3.0, **load))
            assert not result.failures, result.errors
            costs[name].append(result.cpu_us_per_operation)
        for name, rate in barest.items():
            costs[name].append(plain_us(rate, 3.0))
    server.terminate()
    write_section(
        "Load: HTTP",
        "python benchmarks/load/lab.py http",
        "Driver CPU µs per request against a server of our own that answers at once, median"
        f" (minimum to maximum) of {PAIRS} interleaved rounds. Aim: 60 at most. The anchors, as"
        " fast as they can: wrk 28.5, a raw protocol on uvloop 29, hey 94, k6 181, aiohttp 374,"
        " Locust 403. The plain socket is blocking, asks again once it was answered, and records"
        " nothing: what it costs at a rate is mostly the kernel waking a server that sleeps."
        f" Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.",
        ("load", "CPU µs per request"),
        [(name, told(values, 1)) for name, values in costs.items()],
    )


def workers():
    costs, rates = [], []
    busy = []
    for _ in range(PAIRS):
        one = perform(plan("small_work", duration_s=3.0, concurrency=100))
        two = perform(plan("small_work", duration_s=3.0, concurrency=200, workers=2))
        costs.append(two.cpu_us_per_operation / one.cpu_us_per_operation)
        rates.append(two.throughput / one.throughput)
        busy.append((sum(two.cpu_s) / two.window_s) / (sum(one.cpu_s) / one.window_s))
    write_section(
        "Load: two workers",
        "python benchmarks/load/lab.py workers",
        "An operation of about 100 µs CPU in this process, 100 callers a worker; ratios of two"
        f" workers to one, {PAIRS} pairs. The load average was {os.getloadavg()[0]:.1f} on"
        f" {os.cpu_count()} cores: others left the second worker as much CPU as the third row says,"
        " and throughput cannot grow by more than that.",
        ("what", "ratio", "aim on an idle machine"),
        [
            ("CPU per operation", told(costs), "1.1 at most"),
            ("throughput", told(rates), "1.7 at least"),
            ("CPU that the workers got", told(busy), ""),
            (
                "throughput for the CPU that they got",
                told([rate / got for rate, got in zip(rates, busy, strict=True)]),
                "",
            ),
        ],
    )


def memory():
    recorder = Recorder()
    start, random = time.perf_counter_ns(), Random(0)
    batches = [[round(random.lognormvariate(13, 1)) for _ in range(20_000)] for _ in range(20)]
    sizes, operations = [], 0
    while operations < 100_000_000:
        batch = batches[operations // 20_000 % len(batches)]
        recorder.service.extend(batch)
        recorder.starts.extend(range(start, start + len(batch)))
        recorder.beat()
        operations += len(batch)
        if operations % 1_000_000 == 0:
            recorder.take()
        if operations % 10_000_000 == 0:
            sizes.append((operations, resident_kb() / 1024))
    write_section(
        "Load: memory of the recorder",
        "python benchmarks/load/lab.py memory",
        "Resident memory of a process that records 100 million operations of log-normal latency, a"
        " snapshot every million. Aim: constant.",
        ("operations", "MB"),
        [(f"{count:,}", f"{size:.1f}") for count, size in sizes],
    )


PARTS = {"stall": stall, "http": http, "workers": workers, "memory": memory}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
