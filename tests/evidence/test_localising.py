"""The component is where the lines differ; one bug is one finding, and two bugs are two."""

import pytest

from detection import executors
from detection.executors import Planted, PlantedAdapter
from detection.workload import draw
from production_testers.evidence.defect import Defect
from production_testers.evidence.jobs import minimise
from production_testers.evidence.pipeline import merged_into
from production_testers.experiments.judging import run_and_judge
from production_testers.model.pipeline import Status
from production_testers.model.scenario_format import to_json

SEEDS = 30


def first_break(adapter, seed, law, outcome_class):
    sut = adapter.describe()
    for index in range(58):
        scenario = draw(seed, index)
        verdict = run_and_judge(adapter, sut, scenario).verdicts[law]
        if verdict.way(outcome_class) is not None:
            return scenario
    raise AssertionError(f"seed {seed} does not show it")


def found(adapter, seed, law, outcome_class):
    """What one seed makes of a planted bug."""
    arguments = {
        "scenario": to_json(first_break(adapter, seed, law, outcome_class)),
        "law": law,
        "outcome_class": outcome_class,
        "allowance": 6_000,
    }
    small = minimise(adapter, arguments, lambda _event: None)
    assert small["reproduced"]
    return Defect(
        law=law,
        outcome_class=outcome_class,
        component=small["component"],
        features=tuple(small["features"]),
        fingerprint=small["fingerprint"],
        verdict=small["verdict"],
        exhibit={"scenario": small["scenario"]},
        digest="",
        sut={"name": "reference", "version": None},
    )


def merged(defects):
    kept = []
    for defect in defects:
        kept = merged_into(kept, defect)
    return kept


@pytest.mark.slow
def test_thirty_seeds_of_one_planted_bug_are_one_finding():
    adapter = PlantedAdapter(executors.TakesRetryForSuccess)
    seen = [found(adapter, seed, "dag/status-effect", "retry-is-success") for seed in range(SEEDS)]
    (only,) = merged(seen)
    assert only.features == ("fault:retry",)
    assert len({defect.fingerprint for defect in seen}) == 1


class TwoBugs(Planted):
    """Two things are wrong in one function: joins run twice, and so do stages that ask for it."""

    async def _in_time(self, stage, call):
        outcome = await super()._in_time(stage, call)
        if len(stage.after) > 1 and (outcome is None or outcome.status is Status.OK):
            return await super()._in_time(stage, call)
        if outcome is not None and outcome.status is Status.SKIP:
            return await super()._in_time(stage, call)
        return outcome


@pytest.mark.slow
def test_two_planted_bugs_in_one_function_are_two_findings():
    adapter = PlantedAdapter(TwoBugs)
    seen = [found(adapter, seed, "dag/runs-once", "stage-ran-twice") for seed in range(12)]
    features = {defect.features for defect in merged(seen)}
    assert len(features) == 2
    assert any("fault:skip" in needed for needed in features)
    assert any("fault:skip" not in needed for needed in features)


@pytest.mark.slow
def test_the_function_that_only_the_breaking_execution_runs_is_at_fault():
    adapter = PlantedAdapter(executors.FailureStopsOtherRuns)
    only = found(adapter, 1, "isolation/concurrent-runs", "stopped-by-another-run")
    assert only.component.startswith("detection.executors.")


@pytest.mark.slow
def test_the_same_scenario_gives_the_same_component():
    adapter = PlantedAdapter(executors.LeavesSiblingsAfterFailure)
    question = (adapter, 3, "lifecycle/nothing-left-running", "after-failure")
    assert found(*question).fingerprint == found(*question).fingerprint
