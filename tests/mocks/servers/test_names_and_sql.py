"""The name server and the database, asked by real clients over their own protocols."""

import asyncio

import dns.message
import dns.query
import dns.rcode
import pymysql
import pytest

from mocks.hosted import host, plan
from production_testers.mocks.faults import CATALOGUE
from production_testers.mocks.servers.dns import serving_names
from production_testers.mocks.servers.mysql import serving_mysql
from production_testers.mocks.servers.thread import in_thread
from production_testers.mocks.services.infra import InfrastructureLimits
from production_testers.model.fault_plan import FaultPlan, Place, Rule, Target, When

ZONE = InfrastructureLimits().zone
pytestmark = pytest.mark.slow


def question(port, name="db.internal", timeout=5):
    asked = dns.message.make_query(name, "A")
    return dns.query.udp(asked, "127.0.0.1", port=port, timeout=timeout)


def addresses(answer):
    return sorted(item.address for rrset in answer.answer for item in rrset)


def test_names_that_are_known_have_addresses_and_others_do_not_exist():
    with in_thread(serving_names(ZONE)) as port:
        assert addresses(question(port)) == ["10.0.0.2", "10.0.0.3"]
        assert question(port, "nowhere.internal").rcode() == dns.rcode.NXDOMAIN


def times_out(port):
    with pytest.raises(dns.exception.Timeout):
        question(port, timeout=0.1)
    return True


EFFECTS = {
    "dns-not-found": lambda port: question(port).rcode() == dns.rcode.NXDOMAIN,
    "dns-server-failure": lambda port: question(port).rcode() == dns.rcode.SERVFAIL,
    "dns-timeout": times_out,
    "dns-stale-address": lambda port: addresses(question(port)) == ["192.0.2.1"],
}


def test_every_kind_that_can_be_at_a_name_is_tested_here():
    assert set(EFFECTS) == {name for name, kind in CATALOGUE.items() if Place.DNS in kind.places}


@pytest.mark.parametrize("name", EFFECTS)
def test_a_fault_has_its_effect_on_one_question_and_none_on_the_next(name):
    rule = Rule(id="one", fault=name, at=Target(place=Place.DNS, name="db.*"), when=When(at_most=1))
    fired = []
    served = serving_names(ZONE, plan=FaultPlan(rules=(rule,)), told=fired.append)
    with in_thread(served) as port:
        assert addresses(question(port, "llm.internal")) == ["10.0.0.1"]
        assert EFFECTS[name](port)
        assert addresses(question(port)) == ["10.0.0.2", "10.0.0.3"]
    assert [firing.at for firing in fired] == ["db.internal/1"]


def test_what_is_no_question_is_passed_over():
    async def work():
        async with serving_names(ZONE) as port:
            loop = asyncio.get_running_loop()
            transport, _ = await loop.create_datagram_endpoint(
                asyncio.DatagramProtocol, remote_addr=("127.0.0.1", port)
            )
            transport.sendto(b"?")
            await asyncio.sleep(0.02)
            transport.close()
            answer = await asyncio.to_thread(question, port)
            return addresses(answer)

    assert asyncio.run(work()) == ["10.0.0.2", "10.0.0.3"]


@pytest.fixture
def connect():
    """Makes connections of the MySQL client to one database."""
    opened = []
    with in_thread(serving_mysql(host())) as port:

        def make():
            opened.append(pymysql.connect(host="127.0.0.1", port=port, user="any"))
            return opened[-1]

        yield make
        for connection in opened:
            connection.close()


def run(connection, sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_a_mysql_client_writes_and_reads(connect):
    one, other = connect(), connect()
    run(one, "INSERT INTO t VALUES (1, 'é')")
    one.commit()
    assert run(other, "SELECT id, v FROM t WHERE id = %s", 1) == ((1, "é"),)
    assert run(other, "SELECT COUNT(*) AS n FROM t") == ((1,),)
    assert run(other, "SELECT id, v FROM t WHERE id = 9") == ()


def test_what_is_not_committed_is_seen_by_nobody_and_rolled_back(connect):
    one = connect()
    one.begin()
    run(one, "INSERT INTO t VALUES (2, 'x')")
    assert run(one, "SELECT id FROM t WHERE id = 2") == ((2,),)
    one.rollback()
    assert run(connect(), "SELECT id FROM t WHERE id = 2") == ()


def test_a_broken_constraint_and_a_lock_have_the_errors_that_clients_know(connect):
    one, other = connect(), connect()
    run(one, "INSERT INTO t VALUES (3, 'x')")
    with pytest.raises(pymysql.err.IntegrityError):
        run(one, "INSERT INTO t VALUES (3, 'y')")
    one.begin()
    run(one, "INSERT INTO t VALUES (4, 'x')")
    with pytest.raises(pymysql.err.OperationalError) as busy:
        run(other, "INSERT INTO t VALUES (5, 'x')")
    assert busy.value.args[0] == 1205
    one.commit()
    run(other, "INSERT INTO t VALUES (5, 'x')")


def test_tables_are_shown(connect):
    assert ("t",) in run(connect(), "SHOW TABLES")


def test_a_fault_happens_to_a_statement_and_is_over():
    made = host(plan("http-503", "db", "query"))
    with in_thread(serving_mysql(made)) as port:
        connection = pymysql.connect(host="127.0.0.1", port=port, user="any")
        with pytest.raises(pymysql.err.MySQLError, match="http_503"):
            run(connection, "SELECT id FROM t")
        assert run(connection, "SELECT id FROM t") == ()
        connection.close()
    assert [firing.fault for firing in made.firings] == ["http-503"]
