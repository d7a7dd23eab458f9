"""What mends a break is found without a hint, and nothing stays changed."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from detection import executors
from detection.executors import PlantedAdapter
from production_testers.evidence.cures import cures_of, in_words
from production_testers.evidence.repairs import Repair, repaired
from production_testers.experiments.judging import run_and_judge
from production_testers.experiments.workloads import chain, fan_out, identity_of
from production_testers.model.scenario import (
    Fault,
    FaultKind,
    Kind,
    Latencies,
    RunRequest,
    Scenario,
)
from production_testers.simulation import SimulatedLoop, install

FILE = Path(__file__).with_name("hazardous.py")


@pytest.fixture(scope="module", autouse=True)
def _patches():
    install()


@pytest.fixture
def hazardous(monkeypatch):
    """The framework, imported anew."""
    spec = importlib.util.spec_from_file_location("hazardous", FILE)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "hazardous", module)
    spec.loader.exec_module(module)
    return module


def scenario(runs=1, cancel_after_ms=None, faults=(), pipeline=None):
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=pipeline or chain(3),
        requests=tuple(
            RunRequest(
                key=f"r{n}",
                input={},
                identity=identity_of(n, n),
                start_ms=n * 0.5,
                cancel_after_ms=cancel_after_ms,
            )
            for n in range(runs)
        ),
        faults=faults,
        latencies=Latencies(fixed={"*": 2.0}),
    )


def cures(adapter, made, law):
    assert law in run_and_judge(adapter, adapter.describe(), made).broken
    return [cure.id for cure in cures_of(adapter, adapter.describe(), made, law)]


CASES = {
    "SharingGraph": (
        scenario(runs=2),
        "dag/runs-once",
        "keep_per_run hazardous.SharingGraph.run self.given",
    ),
    "LeavingGraph": (
        scenario(cancel_after_ms=1.0),
        "lifecycle/nothing-left-running",
        "stop_tasks hazardous.LeavingGraph.run",
    ),
    "SwallowingGraph": (
        scenario(faults=(Fault(kind=FaultKind.RAISE, stage="s1"),)),
        "dag/failure-surfaces",
        "let_through hazardous.SwallowingGraph.stage",
    ),
}


@pytest.mark.parametrize("graph", CASES)
def test_the_repair_of_the_reason_is_found_and_no_other(hazardous, graph):
    made, law, cure = CASES[graph]
    adapter = hazardous.HazardousAdapter(getattr(hazardous, graph))
    assert cures(adapter, made, law) == [cure]


@pytest.mark.parametrize("graph", CASES)
def test_nothing_stays_repaired(hazardous, graph):
    made, law, _ = CASES[graph]
    adapter = hazardous.HazardousAdapter(getattr(hazardous, graph))
    create, before = SimulatedLoop.create_task, dict(vars(getattr(hazardous, graph)))
    cures(adapter, made, law)
    assert SimulatedLoop.create_task is create
    assert dict(vars(getattr(hazardous, graph))) == before
    assert law in run_and_judge(adapter, adapter.describe(), made).broken


def test_a_repair_is_undone_where_what_it_changed_raises(hazardous):
    graph = hazardous.LeavingGraph
    before = graph.run
    places = [("evidence/hazardous.py", 1, 999)]
    repair = repaired(
        Repair.STOP_TASKS, name="hazardous.LeavingGraph.run", subject="", places=places
    )

    def raise_in_it():
        with repair:
            assert graph.run is not before
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        raise_in_it()
    assert graph.run is before


def test_what_trades_one_break_for_another_is_no_cure():
    """Stopping its tasks would end the leak, and the run would lose its stages."""
    adapter = PlantedAdapter(executors.TakesRetryForSuccess)
    made = scenario(faults=(Fault(kind=FaultKind.RETRY, stage="s1"),))
    assert cures(adapter, made, "dag/status-effect") == []


def test_the_function_that_starts_the_tasks_is_found_behind_its_subclass():
    adapter = PlantedAdapter(executors.LeavesSiblingsAfterFailure)
    made = scenario(pipeline=fan_out(2), faults=(Fault(kind=FaultKind.RAISE, stage="branch0"),))
    late = {"r0/branch1/1": 9.0, "*": 1.0}
    made = replace(made, latencies=Latencies(fixed=late))
    assert cures(adapter, made, "lifecycle/nothing-left-running") == [
        "stop_tasks detection.executors.Planted.run"
    ]


def test_a_cure_has_words():
    assert in_words("stop_tasks a.b") == "the tasks that `a.b` starts are stopped when it is left"
    assert in_words("keep_per_run a.b self.c") == "every run has its own value of self.c in `a.b`"
    assert in_words("let_through a.b") == "`a.b` passes on the exceptions that it catches"
