"""The component is where a repair mends it, or where the lines differ."""

import pytest

from detection import executors
from evidence.one_defect import defect_of
from production_testers.simulation import install


@pytest.fixture(scope="module", autouse=True)
def _patches():
    install()


@pytest.mark.slow
def test_the_function_that_only_the_breaking_execution_runs_is_at_fault():
    only = defect_of(executors.RunsJoinsTwice, ("dag/runs-once", "stage-ran-twice"), 1)
    assert only.component == "detection.executors.RunsJoinsTwice._in_time"
    assert only.cures == ()


@pytest.mark.slow
def test_the_function_whose_repair_mends_it_is_at_fault():
    way = ("lifecycle/nothing-left-running", "after-failure")
    only = defect_of(executors.LeavesSiblingsAfterFailure, way, 1)
    assert only.component == "detection.executors.Planted.run"
    assert only.cures == ("stop_tasks detection.executors.Planted.run",)


@pytest.mark.slow
def test_the_same_scenario_gives_the_same_component():
    question = (
        executors.LeavesSiblingsAfterStop,
        ("lifecycle/nothing-left-running", "after-stop"),
        3,
    )
    assert defect_of(*question) == defect_of(*question)
