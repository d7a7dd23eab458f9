"""From a flagged shape to the proof that it is the reason: lines that ran, and repairs."""

import importlib.util
import sys
from pathlib import Path

import pytest

from production_testers.evidence import repairs
from production_testers.evidence.coverage import growth, lines_of
from production_testers.experiments.workloads import chain, identity_of
from production_testers.model.scenario import (
    Fault,
    FaultKind,
    Kind,
    Latencies,
    RunRequest,
    Scenario,
)
from production_testers.model.scenario_format import to_json
from production_testers.phases.research.hazard import HazardKind
from production_testers.phases.research.scan import scan
from production_testers.phases.research.source import InstalledSut, read_source
from production_testers.simulation import SimulatedLoop, install

FILE = Path(__file__).with_name("hazardous.py")


@pytest.fixture(scope="module", autouse=True)
def _patches():
    install()


@pytest.fixture(scope="module")
def hazards():
    """What the scan finds in the framework, by kind."""
    sut = InstalledSut(
        distribution="hazardous", version="1", import_name="hazardous", site_packages=FILE.parent
    )
    return {hazard.kind: hazard for hazard in scan(read_source(sut))}


@pytest.fixture
def hazardous(monkeypatch):
    """The framework, imported anew: a repair changes its classes."""
    spec = importlib.util.spec_from_file_location("hazardous", FILE)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "hazardous", module)
    spec.loader.exec_module(module)
    original = SimulatedLoop.create_task
    monkeypatch.setattr(SimulatedLoop, "create_task", original)  # put back what a repair replaces
    return module


def scenario(runs=1, cancel_after_ms=None, faults=()):
    requests = tuple(
        RunRequest(
            key=f"r{n}",
            input={},
            identity=identity_of(n, n),
            start_ms=n * 0.5,
            cancel_after_ms=cancel_after_ms,
        )
        for n in range(runs)
    )
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=chain(3),
        requests=requests,
        faults=faults,
        latencies=Latencies(fixed={"*": 2.0}),
    )


OVERLAPPING = scenario(runs=2)
CANCELLED = scenario(cancel_after_ms=1.0)
FAILING = scenario(faults=(Fault(kind=FaultKind.RAISE, stage="s1"),))

CASES = {
    HazardKind.SHARED_STATE: ("SharingGraph", OVERLAPPING, "dag/runs-once"),
    HazardKind.MISSING_CLEANUP: ("LeavingGraph", CANCELLED, "lifecycle/nothing-left-running"),
    HazardKind.SWALLOWED_EXCEPTION: ("SwallowingGraph", FAILING, "dag/failure-surfaces"),
}


def without(module, graph, made, law, hazard):
    arguments = {
        "scenario": to_json(made),
        "law": law,
        "repair": hazard.repair.value,
        "name": hazard.qualified_name,
        "subject": hazard.subject,
        "flagged": [list(hazard.place)],
    }
    adapter = module.HazardousAdapter(getattr(module, graph))
    return repairs.without(adapter, arguments, lambda _event: None)


@pytest.mark.parametrize("kind", CASES)
def test_a_repair_of_the_reason_makes_the_law_hold(hazardous, hazards, kind):
    graph, made, law = CASES[kind]
    adapter = hazardous.HazardousAdapter(getattr(hazardous, graph))
    before = repairs.run_and_judge(adapter, adapter.describe(), made).verdicts[law]
    assert before.state.value == "broken"
    answer = without(hazardous, graph, made, law, hazards[kind])
    assert answer == {"applied": True, "state": "holds", "broken": []}


@pytest.mark.parametrize("kind", CASES)
def test_a_repair_of_other_code_leaves_the_law_broken(hazardous, hazards, kind):
    graph, made, law = CASES[kind]
    other = next(one for one in CASES if one is not kind)
    answer = without(hazardous, graph, made, law, hazards[other])
    assert (answer["applied"], answer["state"]) == (True, "broken")


@pytest.mark.parametrize(
    "change",
    [
        {"name": "hazardous.SharingGraph.missing"},
        {"name": "hazardous.nothing.run"},
        {"repair": "keep_per_run", "subject": "self.a.b"},
        {"repair": "keep_per_run", "name": "hazardous.StageError"},
        {"repair": "stop_tasks", "name": "hazardous.HazardousAdapter.build"},
        {"repair": "let_through", "name": "hazardous.StageError"},
    ],
    ids=str,
)
def test_what_cannot_be_repaired_is_said_to_be_so(hazardous, change):
    arguments = {
        "scenario": to_json(OVERLAPPING),
        "law": "dag/runs-once",
        "repair": "keep_per_run",
        "name": "hazardous.SharingGraph.run",
        "subject": "self.given",
        "flagged": [],
        **change,
    }
    adapter = hazardous.HazardousAdapter(hazardous.SharingGraph)
    answer = repairs.without(adapter, arguments, lambda _event: None)
    assert answer == {"applied": False, "state": "unknown", "broken": []}


def test_a_scenario_reaches_the_lines_of_its_own_executor(hazardous, hazards):
    places = [list(hazards[kind].place) for kind in CASES]
    for index, (graph, made, _) in enumerate(CASES.values()):
        adapter = hazardous.HazardousAdapter(getattr(hazardous, graph))
        arguments = {"scenario": to_json(made), "places": places}
        assert lines_of(adapter, arguments, lambda _event: None) == [index]


def test_a_handler_that_catches_nothing_is_not_reached(hazardous, hazards):
    adapter = hazardous.HazardousAdapter(hazardous.SwallowingGraph)
    places = [list(hazards[HazardKind.SWALLOWED_EXCEPTION].place)]
    for made, reached in ((scenario(), []), (FAILING, [0])):
        arguments = {"scenario": to_json(made), "places": places}
        assert lines_of(adapter, arguments, lambda _event: None) == reached


def test_the_lines_of_a_nested_loop_grow_with_the_square(hazardous, hazards):
    adapter = hazardous.HazardousAdapter(hazardous.ScanningGraph)
    place = list(hazards[HazardKind.NESTED_SCAN].place)
    arguments = {"shape": "chain", "sizes": [8, 16], "places": [place, ["none.py", 1, 99]]}
    (small, none), (large, _) = growth(adapter, arguments, lambda _event: None)
    assert none == 0
    assert 3.5 < large / small < 4.5
