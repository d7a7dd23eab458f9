"""Every kind of fault at a port: what goes through comes late, in part or not, then again."""

import asyncio
import ssl

import pytest

from production_testers.mocks.faults import CATALOGUE
from production_testers.mocks.servers.proxy import TcpProxy, proxied
from production_testers.mocks.servers.tls import certificates
from production_testers.model.errors import UsageError
from production_testers.model.fault_plan import FaultPlan, Place, Rule, Target, When

ANSWER = b"0123456789" * 20
pytestmark = pytest.mark.slow


async def _echo(reader, writer):
    """Answers one line with ANSWER, then closes."""
    SERVED.append(await reader.readline())
    writer.write(ANSWER)
    await writer.drain()
    writer.close()


SERVED = []


def planned(fault, **params):
    rule = Rule(
        id="one",
        fault=fault,
        at=Target(place=Place.PORT, name="app"),
        when=When(calls=("app/1",)),
        params=params,
    )
    return FaultPlan(seed=5, rules=(rule,))


async def ask(port, *, tls=False):
    """What one connection gives, and after how many ms: bytes, or the name of an error."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    got = b""
    try:
        context = certificates().client() if tls else None
        name = "localhost" if tls else None
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname=name
        )
        writer.write(b"hello\n")
        while data := await reader.read(1024):
            got += data
        writer.close()
        outcome = got
    except (OSError, ssl.SSLError) as error:
        outcome = type(error).__name__
    return outcome, (loop.time() - start) * 1000, got


def through(plan, asks=2, *, tls=False, pause_s=0.0):
    """What `asks` connections in a row get through a proxy with a plan, and what fired."""
    fired = []

    async def work():
        server = await asyncio.start_server(_echo, "127.0.0.1", 0)
        target = server.sockets[0].getsockname()[:2]
        async with proxied(TcpProxy("app", target, plan, told=fired.append, tls=tls)) as proxy:
            seen = []
            for _ in range(asks):
                seen.append(await ask(proxy.port, tls=tls))
                await asyncio.sleep(pause_s)
            await asyncio.sleep(0.01)
            assert proxy.open == 0
        server.close()
        with pytest.raises(OSError, match=r"refused|Connect"):
            await asyncio.open_connection("127.0.0.1", proxy.port)
        return seen

    SERVED.clear()
    return asyncio.run(work()), [firing.fault for firing in fired]


def whole(least_ms, most_ms=2_000):
    def check(outcome, took_ms, _got):
        assert outcome == ANSWER
        assert least_ms <= took_ms < most_ms

    return check


def broken(names, part=b"", least_ms=0):
    def check(outcome, took_ms, got):
        assert outcome in names or (outcome == b"" and b"" in names), outcome
        assert got == part
        assert took_ms >= least_ms

    return check


RESET = ("ConnectionResetError",)
EFFECTS = {
    "latency": ({"ms": 40}, whole(40)),
    "jitter": ({"ms": 30}, whole(1)),
    "bandwidth": ({"bytes_per_s": 4_000}, whole(50)),
    "trickle": ({"bytes": 20, "ms": 3}, whole(30)),
    "connection-refused": ({"ms": 60}, broken((*RESET, b""))),
    "connection-reset": ({}, broken((*RESET, b""))),
    "reset-midway": ({"share": 0.5}, broken(RESET, ANSWER[:100])),
    "half-open": ({"ms": 40}, broken((*RESET, b""), least_ms=40)),
    "answer-lost": ({"ms": 40}, broken((*RESET, b""), least_ms=40)),
    "slow-close": ({"ms": 40}, whole(40)),
    "partition": ({"ms": 40}, whole(40)),
    "tls-expired": ({}, broken(("SSLCertVerificationError",))),
    "tls-wrong-name": ({}, broken(("SSLCertVerificationError",))),
    "tls-untrusted": ({}, broken(("SSLCertVerificationError",))),
}


def test_every_kind_that_can_be_at_a_port_is_tested_here():
    assert set(EFFECTS) == {name for name, kind in CATALOGUE.items() if Place.PORT in kind.places}


@pytest.mark.parametrize("name", EFFECTS)
def test_a_fault_has_its_effect_on_one_connection_and_none_on_the_next(name):
    params, check = EFFECTS[name]
    pause_s = 0.09 if name == "connection-refused" else 0.0
    seen, fired = through(planned(name, **params), tls=name.startswith("tls-"), pause_s=pause_s)
    check(*seen[0])
    assert seen[1][0] == ANSWER
    assert fired == [name]


def test_nobody_listens_while_connections_are_refused():
    seen, _ = through(planned("connection-refused", ms=5_000), asks=2)
    assert seen[1][0] == "ConnectionRefusedError"


def test_a_late_request_arrives_late():
    seen, _ = through(planned("latency", ms=40, side="request"), asks=1)
    whole(40)(*seen[0])


def test_what_is_lost_on_the_way_back_was_worked_on():
    through(planned("answer-lost", ms=10), asks=1)
    assert SERVED == [b"hello\n"]


def test_without_a_plan_bytes_go_through():
    assert through(None, asks=1) == ([(ANSWER, pytest.approx(20, abs=2_000), ANSWER)], [])


def test_faults_of_certificates_need_a_proxy_that_speaks_tls():
    with pytest.raises(UsageError, match="speaks no TLS"):
        TcpProxy("app", ("127.0.0.1", 1), planned("tls-expired"))
    TcpProxy("other", ("127.0.0.1", 1), planned("tls-expired"))
