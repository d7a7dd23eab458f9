"""What correct executors and unusual stages do, and no law may say anything against."""

import asyncio
import sys
import types
from dataclasses import replace
from types import MappingProxyType

import pytest

from detection import special
from detection.executors import Planted, PlantedAdapter
from production_testers.experiments import workloads
from production_testers.experiments.judging import run_and_judge
from production_testers.mocks.services import MockDatabase
from production_testers.model import seeds
from production_testers.model.errors import UsageError
from production_testers.model.pipeline import Outcome, StageKind, StageSpec, Status
from production_testers.model.scenario import Kind, Scenario
from production_testers.suts.contract import RunResult
from production_testers.suts.reference import ReferenceAdapter


async def puts(port):
    await port.call("db", "put", table="t", key="k", value={"of": port.stage}, if_absent=True)
    return {"put": True}


async def gets(port):
    found = await port.call("db", "get", table="t", key="k")
    if found is None:
        raise LookupError("nobody has put anything")
    return {"found": found}


async def gathers(port):
    await asyncio.gather(port.work(5), port.work(5), port.work(5))
    return {"from": port.stage}


async def gives_up_in_time(port):
    try:
        async with asyncio.timeout(0.002):
            await port.work(50)
    except TimeoutError:
        return {"in_time": False}
    return {"in_time": True}


async def says_why(port):
    await port.work(1)
    return Outcome(status=Status.FAIL, reason=f"no more of {port.input.get('secret')}")


async def hangs(_port):
    await asyncio.Event().wait()


def database(seed):
    return MockDatabase(seed)


@pytest.fixture(autouse=True)
def module(monkeypatch):
    made = types.ModuleType("odd_stages")
    for member in (puts, gets, gathers, gives_up_in_time, says_why, hangs, database):
        setattr(made, member.__name__, member)
    monkeypatch.setitem(sys.modules, "odd_stages", made)


def complaints(adapter, scenarios):
    sut = adapter.describe()
    return [
        f"{index}: {law}: {verdict.summary}"
        for index, scenario in enumerate(scenarios)
        for law, verdict in run_and_judge(adapter, sut, scenario).broken.items()
    ]


def chain(*functions, index, limit=None, **more):
    random = seeds.random_for(index, "odd")
    stages = [
        StageSpec(
            name=f"s{number}",
            function=f"odd_stages:{function}",
            after=(f"s{number - 1}",) if number else (),
        )
        for number, function in enumerate(functions)
    ]
    pipeline = workloads.pipeline_of("odd", stages, random, limit)
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=pipeline,
        requests=workloads.requests(random, 3, tenants=more.pop("tenants", 1)),
        latencies=workloads.latencies(random),
        services={"db": "odd_stages:database"},
        **more,
    )


@pytest.mark.parametrize(
    ("functions", "more"),
    [
        (["puts", "gets"], {}),
        (["gathers", "gathers"], {"limit": 20.0}),
        (["gives_up_in_time", "gathers"], {}),
        (["says_why"], {"tenants": 2, "watch": True}),
        (["gathers", "hangs"], {"limit_ms": 5_000.0}),
    ],
    ids=[
        "services with state",
        "parallel work",
        "own time-outs",
        "own reasons",
        "a stage that hangs",
    ],
)
def test_unusual_stages_are_no_break(functions, more):
    made = [chain(*functions, index=index, **more) for index in range(12)]
    assert complaints(ReferenceAdapter(), made) == []


def test_a_stage_that_gives_what_json_cannot_say_is_a_usage_error(monkeypatch):
    async def gives_bytes(_port):
        return {"bytes": b"x"}

    monkeypatch.setattr(sys.modules["odd_stages"], "gives_bytes", gives_bytes, raising=False)
    with pytest.raises(UsageError, match="'s0' gives something that JSON cannot say"):
        complaints(ReferenceAdapter(), [chain("gives_bytes", index=1)])


class ReadOnly(Planted):
    """Hands over mappings that cannot be written, at any depth of dictionaries."""

    async def _in_time(self, stage, call):
        def frozen(value):
            return (
                MappingProxyType({key: frozen(member) for key, member in value.items()})
                if isinstance(value, dict)
                else value
            )

        return await super()._in_time(stage, replace(call, outputs=frozen(dict(call.outputs))))


class TriesAgain(Planted):
    """A stage that raises is tried once more, a little later."""

    async def _in_time(self, stage, call):
        try:
            return await super()._in_time(stage, call)
        except Exception:  # noqa: BLE001 - whatever it was
            await asyncio.sleep(0.005)
            return await super()._in_time(stage, call)


class AnswersWithTheFirstResult(ReferenceAdapter):
    """A request that is sent again is given the whole result of the first run."""

    def build(self, pipeline, body):
        return super().build(pipeline, body), {}

    async def run(self, built, pipeline, request):
        inner, running = built
        if request.idempotency_key is None:
            return await super().run(inner, pipeline, request)
        while (first := running.get(request.idempotency_key)) is not None:
            result: RunResult = await asyncio.shield(first)
            if result.ended == "completed":
                return result
            running.pop(request.idempotency_key, None)
        task = asyncio.ensure_future(super().run(inner, pipeline, request))
        running[request.idempotency_key] = task
        return await task


@pytest.mark.slow
@pytest.mark.parametrize(
    ("adapter", "names"),
    [
        (PlantedAdapter(ReadOnly), ["writing", "failing", "nested"]),
        (PlantedAdapter(TriesAgain), ["failing", "watched", "sent_again"]),
        (AnswersWithTheFirstResult(), ["sent_again"]),
    ],
    ids=["read-only inputs", "retries", "replayed answers"],
)
def test_unusual_executors_are_no_break(adapter, names):
    made = [special.draw(name, 3, index) for name in names for index in range(25)]
    assert complaints(adapter, made) == []


def test_requests_that_are_sent_again_may_be_watched():
    made = [replace(special.draw("sent_again", 1, index), watch=True) for index in range(15)]
    assert any(s.kind is StageKind.WORK for s in made[0].pipeline.stages)
    assert complaints(ReferenceAdapter(), made) == []
