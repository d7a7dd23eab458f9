"""A broken law becomes a finding only when every gate lets it pass; whatever does not is kept."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from production_testers.evidence import pipeline
from production_testers.evidence.defect import Defect
from production_testers.evidence.pipeline import Gates, candidates_of, cost_defects, minimise
from production_testers.evidence.replay import replay
from production_testers.experiments.exploration import KindReport
from production_testers.experiments.worker import Worker, WorkerDiedError
from production_testers.laws import LAWS, Severity
from production_testers.model.errors import InvalidDocumentError
from production_testers.model.scenario import Kind

PYTHON = Path(sys.executable)
WRONG = "pipelines.wrong:give"


def candidate(law, outcome_class, index=0, kind="baseline", **more):
    return {
        "law": law,
        "verdict": {"outcome_class": outcome_class, "summary": "broken"},
        "index": index,
        "kind": kind,
        "scenario": {},
        **more,
    }


class Workers:
    """A pool whose answers are written down in advance; an exception is raised."""

    def __init__(self, *answers):
        self.sut = {"name": "reference", "version": None}
        self.answers = list(answers)
        self.asked = []

    def call(self, job, arguments):
        self.asked.append((job, arguments))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def shrunk(*features, component="engine.run", complete=True, work=1):
    return {
        "reproduced": True,
        "scenario": {"features": features},
        "verdict": {"state": "broken", "summary": "smaller"},
        "executions": 12,
        "work": work,
        "complete": complete,
        "features": sorted(features),
        "component": component,
        "cures": [],
        "also_breaks": [],
        "fingerprint": "-".join(sorted(features)),
    }


def of_severity(severity):
    """A law and a way of breaking it, of that severity."""
    return next(
        (law.id, name)
        for law in LAWS.values()
        for name, declared in law.classes.items()
        if declared.severity is severity
    )


def test_the_most_severe_candidates_come_first_and_kinds_take_turns():
    low, critical = of_severity(Severity.MEDIUM), of_severity(Severity.CRITICAL)
    reports = {}
    for kind, count in ((Kind.BASELINE, 3), (Kind.CHAOS, 2), (Kind.STRESS, 1)):
        found = [candidate(*low, i, kind.value) for i in range(count)]
        found += [candidate(*critical, i, kind.value) for i in range(count)]
        reports[kind] = KindReport(kind=kind, planned=3, candidates=found)
    grouped = candidates_of(reports)
    assert list(grouped) == [critical, low]
    assert [(c["kind"], c["index"]) for c in grouped[low]] == [
        ("baseline", 0),
        ("chaos", 0),
        ("stress", 0),
        ("baseline", 1),
        ("chaos", 1),
        ("baseline", 2),
    ]


def test_no_candidate_no_group():
    assert candidates_of({Kind.CHAOS: KindReport(kind=Kind.CHAOS, planned=1)}) == {}


def minimised(*answers):
    candidates = [
        candidate("dag/runs-once", "stage-ran-twice", index, kind)
        for index, kind in zip(range(len(answers)), ("baseline", "chaos") * 4, strict=False)
    ]
    return minimise(Workers(*answers), candidates, 5)


def test_equal_and_larger_scenarios_are_one_defect():
    (only,), flaky = minimised(
        shrunk("dependency", "fault:raise"),
        shrunk("dependency", "fault:raise"),
        shrunk("dependency"),
        shrunk("dependency", "concurrent-runs"),
    )
    assert flaky == []
    assert only.features == ("dependency",)
    assert only.kinds == {"baseline": 2, "chaos": 2}


def test_what_needs_something_else_is_another_defect():
    found, _ = minimised(
        shrunk("fault:raise"), shrunk("caller-cancels"), shrunk("fault:raise", component="other")
    )
    assert [(d.features, d.component) for d in found] == [
        (("fault:raise",), "engine.run"),
        (("caller-cancels",), "engine.run"),
        (("fault:raise",), "other"),
    ]


def test_a_smaller_scenario_swallows_every_larger_one():
    (only,), _ = minimised(
        shrunk("dependency", "fault:raise"),
        shrunk("dependency", "caller-cancels"),
        shrunk("dependency"),
    )
    assert only.features == ("dependency",)


def test_what_does_not_break_again_is_flaky_and_says_so():
    found, (flaky,) = minimised({"reproduced": False})
    assert found == []
    assert flaky.failed_gate.state == "reproduced"
    assert "flaky" in flaky.failed_gate.detail
    assert flaky.origin == {"seed": 5, "kind": "baseline", "index": 0}


def test_a_worker_that_dies_while_minimising_makes_no_finding():
    found, (lost,) = minimised(WorkerDiedError("exit -9"))
    assert found == []
    assert (lost.failed_gate.state, lost.failed_gate.detail) == ("minimised", "exit -9")


def test_only_a_few_candidates_of_one_kind_of_break_are_tried():
    workers = Workers(*[shrunk("dependency")] * 9)
    candidates = [candidate("dag/runs-once", "stage-ran-twice", i) for i in range(9)]
    minimise(workers, candidates, 0)
    assert len(workers.asked) == pipeline.TRIED_PER_CLASS


def test_the_allowance_is_shared_by_the_candidates_of_one_break():
    all_but_one = shrunk("dependency", work=pipeline.ALLOWANCE - 1)
    workers = Workers(all_but_one, shrunk("dependency", work=1), shrunk("never-asked"))
    candidates = [candidate("dag/runs-once", "stage-ran-twice", i) for i in range(3)]
    minimise(workers, candidates, 0)
    allowed = [arguments["allowance"] for _, arguments in workers.asked]
    assert allowed == [pipeline.ALLOWANCE, 1]


@pytest.mark.parametrize(
    ("complete", "words"), [(True, "nothing smaller breaks it"), (False, "allowance used up")]
)
def test_how_far_minimising_went_is_told(complete, words):
    (only,), _ = minimised(shrunk("dependency", complete=complete))
    assert only.steps[-1].detail == f"12 smaller scenarios tried; {words}"


def test_a_cost_defect_replays_the_two_sizes_that_show_it():
    broken = {"state": "broken", "outcome_class": next(iter(LAWS[COST].classes))}
    costs = {
        "fan_out": {"points": [[8, 1]], "verdicts": {COST: {"state": "holds"}}},
        "chain": {"points": [[8, 1], [16, 4], [32, 16]], "verdicts": {COST: broken}},
    }
    holds = {"verdicts": {COST: {"state": "holds"}}}
    (found,) = cost_defects(Workers("engine.run", holds), costs)
    assert found.exhibit == {"shape": "chain", "sizes": [16, 32]}
    assert found.component == "engine.run"
    assert found.features == ("stage-count",)
    assert cost_defects(Workers(), {"fan_out": costs["fan_out"]}) == []


def test_a_cost_defect_is_replayed_with_the_smallest_sizes_that_show_it():
    broken = {"state": "broken", "outcome_class": next(iter(LAWS[COST].classes))}
    small = {**broken, "summary": "from 8 to 16"}
    costs = {"chain": {"points": [[8, 1], [16, 4], [32, 16]], "verdicts": {COST: broken}}}
    (found,) = cost_defects(Workers("engine.run", {"verdicts": {COST: small}}), costs)
    assert found.exhibit == {"shape": "chain", "sizes": [8, 16]}
    assert found.verdict == small


COST = "cost/operations-per-stage"


def judged(folder, python, *defects):
    return [
        shown.defect
        for shown in Gates(python, python, "reference", folder).pass_through(list(defects))
    ]


@pytest.mark.slow
def test_a_break_that_does_not_show_again_is_rejected_with_its_numbers(defect):
    (rejected,) = judged(None, PYTHON, defect())
    gate = rejected.failed_gate
    assert gate.state == "reproduced"
    assert gate.detail == "0 of 3 new processes, 1 distinct histories"
    assert rejected.state == "proposed"


@pytest.mark.slow
def test_a_break_that_the_reference_shows_as_well_is_rejected(defect, exhibit, wrong_folder):
    (rejected,) = judged(wrong_folder, PYTHON, defect(exhibit=exhibit(WRONG)))
    gate = rejected.failed_gate
    assert gate.state == "attributed"
    assert "(25 broken, 0 not exercised)" in gate.detail
    assert "holds in 0 of 25 timings" in gate.detail
    assert rejected.state == "reproduced"


@pytest.mark.slow
def test_a_break_of_the_system_under_test_alone_passes_every_gate(
    defect, exhibit, wrong_sut, other_python
):
    broken = defect(exhibit=exhibit(WRONG))
    (shown,) = Gates(other_python, other_python, "reference", wrong_sut).pass_through([broken])
    found = shown.defect
    assert [step.state for step in found.steps] == [
        "proposed",
        "reproduced",
        "attributed",
        "verified",
    ]
    assert found.failed_gate is None
    assert found.state == "verified"
    assert "3 of 3 new processes, 1 distinct histories" in found.steps[1].detail
    assert "holds in 25 of 25 timings" in found.steps[2].detail
    assert found.digest
    assert shown.history


@pytest.mark.slow
def test_what_there_is_no_time_for_stays_where_it_came_to(defect, exhibit, wrong_sut, other_python):
    gates = Gates(other_python, other_python, "reference", wrong_sut)
    broken = [defect(exhibit=exhibit(WRONG)), defect(exhibit=exhibit(WRONG))]
    first, second = gates.pass_through(broken, lambda: True)
    assert (first.defect.state, second.defect.state) == ("verified", "reproduced")
    assert second.defect.failed_gate is None


@pytest.mark.slow
def test_what_a_clean_environment_does_not_show_is_not_verified(
    defect, exhibit, wrong_sut, other_python
):
    gates = Gates(other_python, PYTHON, "reference", wrong_sut)  # the clean one is right
    (shown,) = gates.pass_through([defect(exhibit=exhibit(WRONG))])
    assert shown.defect.failed_gate.state == "verified"
    assert shown.defect.state == "attributed"
    assert "clean environment, new process" in shown.defect.failed_gate.detail


@pytest.mark.slow
def test_one_rejected_defect_does_not_stop_the_others(defect, exhibit, wrong_sut, other_python):
    first, second = judged(wrong_sut, other_python, defect(), defect(exhibit=exhibit(WRONG)))
    assert first.failed_gate.state == "reproduced"
    assert second.failed_gate is None
    assert second.state == "verified"


@pytest.mark.slow
def test_the_same_evidence_gives_the_same_history_in_every_process(defect):
    digests = set()
    for _ in range(2):
        with Worker(PYTHON, "reference") as worker:
            digests.add(replay(worker, defect()).digest)
    assert len(digests) == 1
    assert digests != {""}


@pytest.mark.parametrize(
    ("result", "exit_code", "detail"),
    [
        ({"not_offered": ["stage-timeout"]}, 2, "not offered here: stage-timeout"),
        ({"verdicts": {}}, 2, "does not apply here"),
        ({"verdicts": {"state": "unknown", "summary": "nothing to judge"}}, 2, "nothing to judge"),
        ({"verdicts": {"state": "holds", "summary": "", "exercised": 4}}, 0, "holds (4 things"),
        (
            {"verdicts": {"state": "broken", "outcome_class": "stage-never-ran", "summary": "no"}},
            0,
            "no",
        ),
        (
            {"verdicts": {"state": "broken", "outcome_class": "stage-ran-twice", "summary": "!"}},
            1,
            "!",
        ),
        (WorkerDiedError("no answer in 300 s"), 2, "no answer"),
    ],
    ids=["not offered", "no such law", "unknown", "holds", "another break", "same break", "died"],
)
def test_a_replay_says_what_it_saw(defect, result, exit_code, detail):
    if isinstance(result, dict):
        verdict = result.get("verdicts")
        verdicts = {"dag/runs-once": verdict} if verdict else {}
        result = {"digest": "d", "history": "h", **result, "verdicts": verdicts}
    shown = replay(Workers(result), defect())
    assert shown.exit_code == exit_code
    assert detail in shown.detail


def test_a_defect_comes_back_as_it_was_written(defect):
    written = defect().with_step("verified", "once more")
    assert Defect.from_json(written.as_json()) == written


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"format": "ptest.evidence/0"}, "'ptest.evidence/0' is not 'ptest.evidence/1'"),
        ({"format": None}, "None"),
        ({"law": "dag/no-such-law"}, "dag/no-such-law"),
        ({"outcome_class": "odd"}, "odd"),
        ({"steps": [{"state": "proposed"}]}, "TypeError"),
        ({"features": 3}, "TypeError"),
    ],
)
def test_evidence_of_another_form_is_refused(defect, change, expected):
    with pytest.raises(InvalidDocumentError, match=expected) as caught:
        Defect.from_json({**defect().as_json(), **change}, path="there.json")
    assert caught.value.path == "there.json"


def test_evidence_that_lacks_something_is_refused(defect):
    whole = defect().as_json()
    for name in ("law", "outcome_class", "component", "features", "exhibit", "sut", "steps"):
        raw = {key: value for key, value in whole.items() if key != name}
        with pytest.raises(InvalidDocumentError, match=name):
            Defect.from_json(raw)


def test_the_state_is_the_last_gate_that_was_passed(defect):
    fresh = defect(steps=())
    assert (fresh.state, fresh.failed_gate) == ("proposed", None)
    failed = fresh.with_step("reproduced", "3 of 3").with_step("attributed", "no", passed=False)
    assert failed.state == "reproduced"
    assert failed.failed_gate.state == "attributed"
    assert fresh.steps == ()  # a step makes another defect


def test_how_many_schedules_are_shared_comes_back_and_is_left_out_of_others(defect):
    shared = replace(defect(), broken_so=18)
    assert Defect.from_json(shared.as_json()) == shared
    assert "broken_so" not in defect().as_json()


def test_a_defect_explains_only_what_needs_all_that_it_needs(defect):
    small = defect(features=("a",))
    large = defect(features=("a", "b"), fingerprint="fedcba9876543210")
    assert small.explains(large)
    assert small.explains(small)
    assert not large.explains(small)
    assert not small.explains(replace(large, component="another"))
    other = replace(large, features=("another",))
    assert not small.explains(other)
    assert small.explains(replace(other, minimal=False))
    assert not replace(small, minimal=False).explains(replace(other, minimal=False))
    assert not small.explains(replace(large, outcome_class="stage-never-ran"))
