"""Every planted bug is found by the general workload, as what it is."""

import pytest

from detection import special
from detection.executors import PLANTED, PlantedAdapter, PlantedBug
from detection.workload import FUNCTIONS, draw
from production_testers.experiments.imports import load
from production_testers.experiments.jobs import cost
from production_testers.experiments.judging import run_and_judge
from production_testers.laws import LAWS
from production_testers.laws.cost.kept_per_run import CLASS_OF
from production_testers.laws.cost.observing import OBSERVED

SEEDS = (1, 2, 3)
COSTLY = [bug for bug in PLANTED if LAWS[bug.law].needs_costs]
ENDS = {outcome_class: shape for shape, outcome_class in CLASS_OF.items()}


def shapes(bug):
    if LAWS[bug.law].measures == OBSERVED:
        return [OBSERVED]
    return [ENDS[bug.outcome_class]] if bug.outcome_class in ENDS else ["chain", "fan_out"]


FOUND_IN_HISTORIES = [bug for bug in PLANTED if not LAWS[bug.law].needs_costs]


def schedules_until_found(bug: PlantedBug, seed: int) -> int | None:
    adapter = PlantedAdapter(bug.execution)
    sut = adapter.describe()
    for index in range(bug.within):
        scenario = special.draw(bug.workload, seed, index) if bug.workload else draw(seed, index)
        way = run_and_judge(adapter, sut, scenario).verdicts[bug.law].way(bug.outcome_class)
        if way is not None:
            assert way.summary
            return index + 1
    return None


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("bug", FOUND_IN_HISTORIES, ids=lambda bug: bug.execution.__name__)
def test_a_planted_bug_is_found_within_its_number_of_schedules(bug, seed):
    assert schedules_until_found(bug, seed) is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bug", "shape"),
    [
        pytest.param(bug, shape, id=f"{bug.execution.__name__}-{shape}")
        for bug in COSTLY
        for shape in shapes(bug)
    ],
)
def test_a_planted_cost_is_found(bug, shape):
    arguments = {"shape": shape, "sizes": [10, 210] if shape in CLASS_OF else [128, 256]}
    answer = cost(PlantedAdapter(bug.execution), arguments, lambda _event: None)
    verdict = answer["verdicts"][bug.law]
    assert (verdict["state"], verdict["outcome_class"]) == ("broken", bug.outcome_class)


def test_every_planted_bug_differs_from_the_others():
    assert len({bug.execution for bug in PLANTED}) == len(PLANTED)
    assert all(bug.execution.__doc__ for bug in PLANTED)


def test_every_stage_function_of_the_workload_is_there():
    assert all(callable(load(function)) for function in FUNCTIONS)
