"""An application's own SQLite client meets our database where its settings lead."""

import sqlite3
import sys
import textwrap

import pytest

from production_testers.experiments.judging import run_and_judge
from production_testers.experiments.target_sql import operation_of
from production_testers.model.errors import UsageError
from production_testers.model.scenario import Kind, using
from production_testers.model.target import MockSpec, Promises, Target
from production_testers.model.usage import Call, Usage, Work
from production_testers.suts.reference import ReferenceAdapter

APPLICATION = """
import asyncio
import os
import sqlite3
from contextlib import closing

import aiosqlite

PATH = os.environ["LEDGER_DB"]


def requests():
    return [{"id": f"t-{n}", "owner": "ada", "cents": 10 + n} for n in range(3)]


def write(request):
    with closing(sqlite3.connect(PATH)) as db:
        with db:
            known = db.execute("select 1 from paid where id = ?", (request["id"],)).fetchone()
            if known is None:
                db.execute("insert into paid values (?, ?)", (request["id"], request["cents"]))
        return db.execute("select count(*) from paid").fetchone()[0]


async def directly(request):
    return {"rows": write(request)}


async def in_a_thread(request):
    return {"rows": await asyncio.to_thread(write, request)}


async def with_aiosqlite(request):
    async with aiosqlite.connect(PATH) as db:
        await db.execute("begin immediate")
        async with db.execute("select 1 from paid where id = ?", (request["id"],)) as found:
            known = await found.fetchone()
        if known is None:
            await db.execute("insert into paid values (?, ?)", (request["id"], request["cents"]))
        await db.commit()
        async with db.execute("select count(*) from paid") as found:
            return {"rows": (await found.fetchone())[0]}
"""
WRONG = APPLICATION.replace("if known is None", "if True")
SCHEMA = "create table paid (id text, cents int); insert into paid values ('old', 1);"
ADAPTER = ReferenceAdapter()
SUT = ADAPTER.describe()
CLIENTS = pytest.mark.parametrize("client", ["directly", "in_a_thread", "with_aiosqlite"])


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """Executes calls of an application, one client each, with what goes wrong in them."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("LEDGER_DB", str(tmp_path / "ledger.sqlite"))
    monkeypatch.setattr(sqlite3, "connect", sqlite3.connect)
    monkeypatch.setattr(sqlite3.dbapi2, "connect", sqlite3.connect)

    def execute(code, client, *works, schema=SCHEMA):
        module = f"ledger_{tmp_path.name}".replace("-", "_")
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(code))
        (tmp_path / "schema.sql").write_text(schema)
        monkeypatch.setattr(sys, "path", list(sys.path))
        mock = MockSpec(
            service="sqlite", env="LEDGER_DB", value="{path}", schema="schema.sql",
            effects=("INSERT paid",),
        )  # fmt: skip
        target = Target(
            object=f"{module}:{client}",
            folder=str(tmp_path),
            inputs=f"{module}:requests",
            records=3,
            mocks={"ledger": mock},
            promises=Promises(timeout_ms=20_000, idempotent="id"),
            stages={"handle": ""},
        )
        calls = tuple(
            Call(
                key=f"c{n}.0", client=f"c{n}", operation="handle", arguments={"record": 0}, works=w
            )
            for n, w in enumerate(works)
        )
        settings = {"target": target.as_json(), "control": False}
        return run_and_judge(
            ADAPTER, SUT, using(Kind.CHAOS, Usage(unit="target", settings=settings, calls=calls))
        )

    return execute


def ends(seen):
    found = [e.value for e in seen.observation.history if e.kind.value == "run_ended"]
    return [one.get("type") or one["outcome"] for one in found]


@CLIENTS
def test_every_execution_begins_with_the_rows_of_the_schema(judged, client):
    first, second = (judged(APPLICATION, client, {}, {}, {}) for _ in range(2))
    assert ends(first) == ends(second) == ["returned"] * 3
    assert first.session.refused == ()
    assert first.broken == {}
    assert first.verdicts["target/effects-once"].exercised == 1
    assert first.observation.history.digest() == second.observation.history.digest()


@CLIENTS
@pytest.mark.parametrize(
    "work",
    [
        Work(ms=0.0, hangs=True),
        Work(ms=0.0, raises="connection"),
        Work(ms=0.0, raises="error", late=True),
        Work(ms=0.0, raises="timeout"),
    ],
    ids=lambda w: f"{w.raises}{'hangs' * w.hangs}{'late' * w.late}",
)
def test_a_statement_that_fails_leaves_others_alone(judged, client, work):
    seen = judged(APPLICATION, client, {"ledger.INSERT paid": (work,)}, {})
    assert sorted(ends(seen)) == ["OperationalError", "returned"]
    assert seen.broken == {}


@CLIENTS
def test_what_is_written_twice_is_seen(judged, client):
    assert "target/effects-once" in judged(WRONG, client, {}, {}).broken


@CLIENTS
def test_what_is_rolled_back_has_not_happened(judged, client):
    fails = {"ledger.COMMIT": (Work(ms=0.0, raises="error"),)}
    seen = judged(WRONG, client, fails, {})
    assert "target/effects-once" not in seen.broken


def test_a_schema_that_is_no_sql_is_a_mistake_of_the_configuration(judged):
    with pytest.raises(UsageError, match=r"mocks\.ledger\.schema"):
        judged(APPLICATION, "directly", {}, schema="create tabel x")


@pytest.mark.parametrize(
    ("sql", "operation"),
    [
        ("insert or ignore into a values (1)", "INSERT a"),
        ("UPDATE OR REPLACE t SET a = 1", "UPDATE t"),
        ('delete from "a"', "DELETE a"),
        ("select 1", "SELECT"),
        ("\n begin immediate", "BEGIN"),
        ("create table a (b)", ""),
    ],
)
def test_a_statement_is_named_by_what_it_does_to_which_table(sql, operation):
    assert operation_of(sql) == operation
