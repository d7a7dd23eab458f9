"""Slow executors become findings of a load; right ones, slow stages and slow services never do.

What a load shows is measured once for an executor. It is then judged against many targets, from
ones that everybody meets to ones that nobody does: a right executor is accused at none of them.
"""

import asyncio
import importlib
import statistics
import time
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from detection.correct import CORRECT
from detection.executors import Planted, PlantedAdapter
from detection.machine import Machine
from production_testers.evidence import loads
from production_testers.experiments.jobs import cost_scenario
from production_testers.experiments.workloads import identity_of
from production_testers.laws.load.targets import OWN_SHARE
from production_testers.model import scenario_format
from production_testers.model.pipeline import Outcome, PipelineSpec, StageSpec
from production_testers.model.scenario import Kind, Latencies, RunRequest, Scenario
from production_testers.suts.contract import Adapter, StageCall
from production_testers.suts.reference import ReferenceAdapter

CALLERS = 20
TURN_S = 0.1
LONGER_S = 0.25
"""Turns of executors that are so slow that few executions complete."""

LAW = "load/targets"


@pytest.fixture(autouse=True)
def _machine(monkeypatch):
    """What executors take does not depend on who else uses the real one."""
    Machine(monkeypatch)


class Here:
    """Does a worker's jobs in this process, for an adapter that no registry knows."""

    paths = ()

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        self.sut = {"name": adapter.name, "version": None}

    def call(self, job: str, arguments: Mapping[str, Any]) -> Any:
        module, _, name = job.partition(":")
        return getattr(importlib.import_module(module), name)(
            self.adapter, arguments, lambda _event: None
        )


def load(scenario, *, trivial=False, targets=("p50_ms", "throughput_tps"), turn_s=TURN_S):
    return {
        "scenario": scenario,
        "work": {"trivial": trivial},
        "shape": None,
        "concurrency": CALLERS,
        "think_s": 0.0,
        "workers": 1,
        "duration_s": turn_s,
        "timeout_s": None,
        "targets": dict.fromkeys(targets, 1.0),
    }


CHAIN = {"given": scenario_format.to_json(cost_scenario("chain", 3))}
"""Three stages of a millisecond each."""


def at(figure, target):
    """The same figure with another target."""
    return {**figure, "limit": target}


def many_targets(figure):
    """From half the best of both to twice the worst."""
    values = [value for pair in figure["pairs"] for value in pair if value] or [1.0]
    low, high = 0.5 * min(values), 2 * max(values)
    return [low * (high / low) ** (step / 24) for step in range(25)]


def accused(workers, found):
    """Targets at which the framework is said to be at fault, by figure."""
    blamed = []
    for figure in found.figures:
        for target in many_targets(figure):
            verdict = loads.judged(workers, [at(figure, target)]).get(LAW)
            if verdict is not None and verdict["state"] == "broken":
                blamed.append((figure["name"], target, verdict["summary"]))
    return blamed


# ------------------------------------------------------------------------------- what is planted

_LOCK: dict[asyncio.AbstractEventLoop, asyncio.Lock] = {}


class HoldsALock(Planted):
    """One run at a time does its work: a lock is held across the stages."""

    async def run(self) -> Mapping[str, Outcome]:
        lock = _LOCK.setdefault(asyncio.get_running_loop(), asyncio.Lock())
        async with lock:
            return await super().run()


class WorksBeforeEveryStage(Planted):
    """Spends a millisecond of processor time before each stage."""

    async def _in_time(self, stage: StageSpec, call: StageCall) -> Outcome | None:
        until = time.perf_counter_ns() + 1_000_000
        while time.perf_counter_ns() < until:
            pass
        return await super()._in_time(stage, call)


def near_the_control(found):
    """Targets that the reference meets a little."""
    limits = {"p50_ms": lambda values: 1.2 * max(values)}
    limits["throughput_tps"] = lambda values: 0.8 * min(values)
    figures = tuple(
        at(one, limits[one["name"]]([control for _, control in one["pairs"]]))
        for one in found.figures
    )
    return replace(found, figures=figures)


MISSES = frozenset({(LAW, "latency"), (LAW, "throughput")})
GROWN = frozenset({("load/releases", "costs-more"), ("load/releases", "slower")})
SLOW = MISSES | GROWN
"""Every way to break a law about loads; each is shown below by a slow executor."""


def ways(defects):
    return {(defect.law, defect.outcome_class) for defect in defects}


def test_an_executor_that_holds_a_lock_misses_targets_that_the_reference_meets():
    workers = Here(PlantedAdapter(HoldsALock))
    asked = load(CHAIN, turn_s=LONGER_S)
    found = near_the_control(loads.measured(workers, asked))
    defects = loads.defects_of(workers, asked, found)
    assert ways(defects) == MISSES
    slow = next(one for one in defects if one.outcome_class == "latency")
    target = next(one["limit"] for one in found.figures if one["name"] == "p50_ms")
    assert slow.exhibit == {"load": {**asked, "targets": {"p50_ms": target}}}
    again = slow.exhibit["load"]
    (same,) = loads.defects_of(workers, again, loads.measured(workers, again))
    assert same.fingerprint == slow.fingerprint


def test_a_release_that_works_too_much_is_told_from_the_one_before(monkeypatch):
    @contextmanager
    def earlier(_workers, _load):
        yield Here(PlantedAdapter(Planted))

    monkeypatch.setattr(loads, "_control", earlier)
    asked = load(CHAIN, targets=(), turn_s=LONGER_S) | {"beside": "stageflow-core==0.1.0"}
    for execution, expected in ((WorksBeforeEveryStage, GROWN), (Planted, set())):
        workers = Here(PlantedAdapter(execution))
        found = loads.measured(workers, asked)
        assert ways(loads.defects_of(workers, asked, found)) == expected


# --------------------------------------------------------------------------- what is nobody's bug


@pytest.mark.parametrize("trivial", [True, False], ids=["nothing-to-do", "a-millisecond"])
def test_a_right_executor_is_accused_at_no_target(trivial):
    workers = Here(PlantedAdapter(Planted))
    assert accused(workers, loads.measured(workers, load(CHAIN, trivial=trivial))) == []


@pytest.mark.parametrize("style", [one for one in CORRECT if one.parallel])
def test_a_right_executor_of_another_style_is_accused_at_no_target(style):
    workers = Here(style())
    assert accused(workers, loads.measured(workers, load(CHAIN, targets=["p50_ms"]))) == []


async def slow_stage(_port):
    await asyncio.sleep(0.015)


async def blocking_stage(_port):
    time.sleep(0.002)  # noqa: ASYNC251 - on purpose


async def asks(port):
    return {"said": await port.call("slow", "ask")}


class SlowService:
    """Its answers take 2 ms, in which nothing else goes on."""

    def handle(self, _operation, _payload, _random):
        time.sleep(0.002)
        return "at last"


def slow_service(_seed):
    return SlowService()


def one_stage(name):
    here = __name__
    pipeline = PipelineSpec(name=name, stages=(StageSpec(name="only", function=f"{here}:{name}"),))
    scenario = Scenario(
        kind=Kind.BASELINE,
        pipeline=pipeline,
        requests=(RunRequest(key="r0", input={}, identity=identity_of(0, 0)),),
        latencies=Latencies(fixed={"*": 1.0}),
        services={"slow": f"{here}:slow_service"},
    )
    return {"given": scenario_format.to_json(scenario)}


@pytest.mark.parametrize("name", ["slow_stage", "blocking_stage", "asks"])
def test_what_the_stages_and_services_take_is_not_the_framework_s(name):
    workers = Here(PlantedAdapter(Planted))
    found = loads.measured(workers, load(one_stage(name), targets=["p50_ms"]))
    assert accused(workers, found) == []
    (figure,) = found.figures
    assert statistics.median(own / other for own, other in figure["pairs"]) < OWN_SHARE


def test_a_slow_executor_that_does_not_promise_parallel_stages_is_not_judged():
    style = next(one for one in CORRECT if not one.parallel)
    figure = {"name": "p50_ms", "pairs": [[90.0, 9.0]] * 14, "operations": 500, "limit": 50.0}
    assert loads.judged(Here(style()), [figure]) == {}
    assert loads.judged(Here(ReferenceAdapter()), [figure])[LAW]["state"] == "broken"
