"""Evidence asked on another executor: broken, holds, unknown or not offered, and never a guess."""

from dataclasses import replace

import pytest

from detection import executors
from detection.executors import PlantedAdapter
from production_testers.evidence import elsewhere
from production_testers.experiments.workloads import chain, fan_out, identity_of
from production_testers.model.scenario import (
    Fault,
    FaultKind,
    Kind,
    Latencies,
    RunRequest,
    Scenario,
)
from production_testers.model.scenario_format import to_json
from production_testers.model.semantics import Capability
from production_testers.suts.reference import ReferenceAdapter

REQUEST = RunRequest(key="r0", input={}, identity=identity_of(0, 0))
PLAIN = Scenario(
    kind=Kind.CHAOS,
    pipeline=fan_out(2),
    requests=(REQUEST,),
    latencies=Latencies(fixed={"*": 1.0}),
)
FAILS = replace(PLAIN, faults=(Fault(kind=FaultKind.RAISE, stage="branch0"),))


def ask(adapter, scenario, law, outcome_class, **more):
    arguments = {
        "exhibit": {"scenario": to_json(scenario)},
        "law": law,
        "outcome_class": outcome_class,
        "timings": 6,
        **more,
    }
    return elsewhere.ask(adapter, arguments, lambda _event: None)


class Lacks(ReferenceAdapter):
    """A release without some capabilities."""

    def __init__(self, *lacking):
        super().__init__()
        self.lacking = lacking

    def describe(self):
        whole = super().describe()
        kept = {c: cited for c, cited in whole.capabilities.items() if c not in self.lacking}
        return replace(whole, capabilities=kept)


def test_what_shows_in_its_own_timing_is_broken():
    told = ask(PlantedAdapter(executors.RunsJoinsTwice), PLAIN, "dag/runs-once", "stage-ran-twice")
    assert (told["answer"], told["own"], told["timings"]) == ("broken", True, 1)
    assert told["digest"]


def test_what_is_judged_and_kept_in_every_timing_holds():
    told = ask(ReferenceAdapter(), PLAIN, "dag/runs-once", "stage-ran-twice")
    assert (told["answer"], told["timings"]) == ("holds", 7)
    assert told["detail"] == "holds in 7 of 7 timings"


@pytest.mark.parametrize(
    ("lacking", "scenario", "law", "outcome_class"),
    [
        (Capability.STATUS_RETRY, FAILS, "dag/status-effect", "retry-is-success"),
        (
            Capability.EXTERNAL_CANCELLATION,
            PLAIN,
            "lifecycle/nothing-left-running",
            "after-cancellation",
        ),
        (
            Capability.CONCURRENT_RUNS,
            replace(PLAIN, requests=(REQUEST, replace(REQUEST, key="r1"))),
            "dag/runs-once",
            "stage-ran-twice",
        ),
    ],
    ids=["of the way of breaking", "of the cancelled caller", "of the scenario"],
)
def test_what_a_release_lacks_is_not_offered_and_never_broken(
    lacking, scenario, law, outcome_class
):
    told = ask(Lacks(lacking), scenario, law, outcome_class)
    assert told["answer"] == "not_offered"
    assert lacking.value in told["detail"]


def test_a_replay_out_of_step_is_explored_again():
    """The evidence names work that does not exist here; another timing shows the break."""
    stated = Latencies(fixed={"r0/gone/1": 9.0, "*": 1.0})
    scenario = replace(FAILS, latencies=stated)
    adapter = PlantedAdapter(executors.LeavesSiblingsAfterFailure)
    told = ask(adapter, scenario, "lifecycle/nothing-left-running", "after-failure", timings=60)
    assert told["answer"] == "broken"
    assert not told["own"]
    assert told["out_of_step"] == ["r0/gone/1"]
    assert "another timing" in told["detail"]


def test_a_law_that_is_broken_in_another_way_is_unknown_and_not_fixed():
    adapter = PlantedAdapter(executors.RunsJoinsTwice)
    told = ask(adapter, PLAIN, "dag/runs-once", "stage-never-ran")
    assert told["answer"] == "unknown"
    assert "broken in another way in 7 of 7 timings" in told["detail"]


def test_a_break_that_another_law_explains_is_unknown_and_not_fixed():
    adapter = PlantedAdapter(executors.ForgetsTheLastStage)
    told = ask(adapter, PLAIN, "dag/result-as-reference", "other-value")
    assert told["answer"] == "unknown"


def test_nothing_judged_is_unknown():
    told = ask(ReferenceAdapter(), PLAIN, "dag/status-effect", "retry-is-success")
    assert told["answer"] == "unknown"


def test_a_large_scenario_is_asked_less_often():
    scenario = replace(PLAIN, pipeline=chain(elsewhere.WORK_MAX // 3))
    told = ask(ReferenceAdapter(), scenario, "dag/runs-once", "stage-ran-twice", timings=60)
    assert told["timings"] == 1 + 3


def test_measured_work_is_asked_once():
    arguments = {
        "exhibit": {"shape": "chain", "sizes": [128, 256]},
        "law": "cost/operations-per-stage",
        "outcome_class": "superlinear",
    }
    adapter = PlantedAdapter(executors.ScansAllStages)
    told = elsewhere.ask(adapter, arguments, lambda _event: None)
    assert (told["answer"], told["timings"]) == ("broken", 1)
    told = elsewhere.ask(ReferenceAdapter(), arguments, lambda _event: None)
    assert told["answer"] == "holds"


def test_the_same_question_gets_the_same_answer():
    adapter = PlantedAdapter(executors.LeavesSiblingsAfterFailure)
    question = (adapter, FAILS, "lifecycle/nothing-left-running", "after-failure")
    assert ask(*question) == ask(*question)
