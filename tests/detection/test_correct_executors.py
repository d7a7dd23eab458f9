"""No law says anything against an executor that is right, whatever its style."""

from collections import Counter

import pytest

from detection import special
from detection.correct import CORRECT
from detection.executors import Planted, PlantedAdapter
from detection.workload import draw
from production_testers.experiments.execution import needs
from production_testers.experiments.growing import WAYS
from production_testers.experiments.jobs import cost
from production_testers.experiments.judging import applicable, run_and_judge
from production_testers.suts.reference import ReferenceAdapter

SCHEDULES = 300
EXECUTORS = [
    ReferenceAdapter,
    *CORRECT,
]


@pytest.mark.slow
@pytest.mark.parametrize("executor", EXECUTORS)
def test_laws_are_silent_about_a_correct_executor_and_have_judged_it(executor):
    adapter = executor()
    sut = adapter.describe()
    exercised: Counter[str] = Counter()
    complaints = []
    for index in range(SCHEDULES):
        judged = run_and_judge(adapter, sut, draw(1, index))
        for law, verdict in judged.verdicts.items():
            exercised[law] += verdict.exercised
        for law, verdict in judged.broken.items():
            complaints.append(f"schedule {index}: {law}: {verdict.summary}")
    for name in special.SPECIAL:
        for index in range(special.SCHEDULES.get(name, 40)):
            scenario = special.draw(name, 1, index)
            if all(sut.offers(capability) for capability in needs(scenario)):
                judged = run_and_judge(adapter, sut, scenario)
                for law, verdict in judged.verdicts.items():
                    exercised[law] += verdict.exercised
                for law, verdict in judged.broken.items():
                    complaints.append(f"{name} {index}: {law}: {verdict.summary}")
    assert complaints == []
    assert {law.id for law in applicable(sut, draw(1, 0)) if not exercised[law.id]} == set()


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["chain", "fan_out"])
def test_the_cost_law_is_silent_about_linear_work(shape):
    arguments = {"shape": shape, "sizes": [128, 256]}
    answer = cost(PlantedAdapter(Planted), arguments, lambda _event: None)
    for law in ("cost/operations-per-stage", "cost/longest-step"):
        verdict = answer["verdicts"][law]
        assert (verdict["state"], verdict["exercised"]) == ("holds", 1)


@pytest.mark.slow
@pytest.mark.parametrize("shape", WAYS)
def test_a_right_executor_keeps_nothing_of_its_runs(shape):
    arguments = {"shape": shape, "sizes": [100, 300]}
    answer = cost(PlantedAdapter(Planted), arguments, lambda _event: None)
    verdict = answer["verdicts"]["cost/kept-per-run"]
    assert (verdict["state"], verdict["exercised"]) == ("holds", 1)


@pytest.mark.slow
def test_the_executor_that_bugs_are_planted_in_is_right():
    adapter = PlantedAdapter(Planted)
    sut = adapter.describe()
    scenarios = [draw(2, index) for index in range(120)]
    scenarios += [special.draw(n, 2, i) for n in special.SPECIAL for i in range(2)]
    assert not any(run_and_judge(adapter, sut, scenario).broken for scenario in scenarios)


def test_a_schedule_is_a_function_of_its_seed_and_number():
    adapter = ReferenceAdapter()
    sut = adapter.describe()
    first, again, other = (
        run_and_judge(adapter, sut, draw(*at)).observation.history.digest()
        for at in ((1, 7), (1, 7), (2, 7))
    )
    assert first == again != other
