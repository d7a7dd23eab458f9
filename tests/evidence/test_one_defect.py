"""One defect is one finding, whatever showed it; two defects are two, however near they are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from detection import executors
from detection.executors import LeavesRunning, Planted
from evidence.one_defect import ELSEWHERE, candidate, defect_of, explored, merged
from evidence.one_defect import Here as Workers
from production_testers.evidence.controls import CONTROLS
from production_testers.evidence.identity import Break, same_causes
from production_testers.evidence.pipeline import (
    ALLOWANCE,
    CONTROL,
    MINIMISE,
    minimise,
)
from production_testers.experiments.workloads import chain, identity_of
from production_testers.model.pipeline import Outcome, Status
from production_testers.model.scenario import (
    Fault,
    FaultKind,
    Kind,
    Latencies,
    RunRequest,
    Scenario,
)
from production_testers.model.scenario_format import to_json
from production_testers.phases.matrix import lay_out
from production_testers.simulation import install
from production_testers.suts.reference.executor import StageFailedError

TESTS = Path(__file__).parents[1]
ENTRIES = ("CORE-001", "DAG-009", "CONTRACT-003")
LEFT = "lifecycle/nothing-left-running"

SEEDS = 10
BUGS = (
    ("StartsAtTheFirstDependency", "dag/dependencies-first", "started-too-early", ""),
    ("SwallowsFailures", "dag/failure-surfaces", "failure-swallowed", ""),
    ("LeavesSiblingsAfterFailure", LEFT, "after-failure", ""),
    ("LeavesStagesAfterCancellation", LEFT, "after-cancellation", ""),
    ("CompletesWithItsLastStage", LEFT, "after-completion", ""),
    ("SharesOutcomes", "isolation/concurrent-runs", "saw-another-run", ""),
    ("ReportsSkippedAsOk", "dag/outputs-in-result", "status-differs", ""),
    ("AnswersRepeatedRequestsWithNothing", "effects/once-per-key", "other-answer", "sent_again"),
)


@pytest.fixture(scope="module", autouse=True)
def _patches():
    install()


@pytest.mark.slow
@pytest.mark.parametrize(("bug", "law", "way", "workload"), BUGS, ids=[bug for bug, *_ in BUGS])
def test_ten_seeds_of_a_planted_bug_have_one_fingerprint(bug, law, way, workload):
    execution = getattr(executors, bug)
    seen = [defect_of(execution, (law, way), seed, workload=workload) for seed in range(SEEDS)]
    assert len({defect.fingerprint for defect in seen}) == 1
    (only,) = merged(seen)
    assert only.kinds == {"chaos": SEEDS}


@pytest.mark.slow
def test_thirty_seeds_over_kinds_and_entries_are_one_finding_with_a_count(tmp_path):
    """Of each of three entries and five kinds two seeds, as the entry's folder draws them."""
    bug, way = executors.ReturnsNamesOutOfOrder, ("dag/outputs-in-result", "result-differs")
    found = []
    for number in range(30):
        kind, entry = list(Kind)[number % 5], ENTRIES[number // 5 % 3]
        candidates = explored(bug, lay_out(tmp_path / str(number), entry), way, kind, number)
        defects, flaky = minimise(Workers(bug), candidates[:1], number)
        assert not flaky
        found += defects
    assert len(found) == 30
    assert len({defect.fingerprint for defect in found}) == 1
    (only,) = merged(found)
    assert only.kinds == {kind.value: 6 for kind in Kind}


@pytest.mark.slow
def test_other_processes_with_other_hash_seeds_and_folders_give_the_same_fingerprints(tmp_path):
    told = []
    for hash_seed, seed in (("1", "3"), ("4242", "4")):
        folder = tmp_path / hash_seed
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, str(TESTS / "evidence" / "one_defect.py"), seed],
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(TESTS)},
            capture_output=True,
            text=True,
            check=True,
        )
        told.append(json.loads(done.stdout))
    assert told[0] == told[1]
    assert len(set(told[0].values())) == len(ELSEWHERE)


# ------------------------------------------------------------------------- two bugs, one function


class JoinsAndSkipped(Planted):
    """Joins run twice, and so do stages that skip themselves."""

    async def _in_time(self, stage, call):
        outcome = await super()._in_time(stage, call)
        if len(stage.after) > 1 and (outcome is None or outcome.status is Status.OK):
            return await super()._in_time(stage, call)
        if outcome is not None and outcome.status is Status.SKIP:
            return await super()._in_time(stage, call)
        return outcome


class JoinsAndBehindSkipped(Planted):
    """Joins run twice, and so do stages behind a skipped one: this needs all that needs, and more.

    But fewer stages.
    """

    async def _in_time(self, stage, call):
        outcome = await super()._in_time(stage, call)
        behind = [self.outcomes[name] for name in stage.after]
        ended_well = outcome is None or outcome.status is Status.OK
        if len(behind) > 1 and ended_well:
            return await super()._in_time(stage, call)
        if [one for one in behind if one.status is Status.SKIP] and ended_well:
            return await super()._in_time(stage, call)
        return outcome


class LeavesAfterFailureAndAfterCancellation(LeavesRunning):
    """Neither a failure nor the caller's cancellation stops what is running."""

    async def clean_up(self, tasks):
        if self.cancelled or isinstance(self.error_of(tasks), StageFailedError):
            return
        await super().clean_up(tasks)


class LeavesAndSwallows(LeavesRunning):
    """A failure returns at once, as if all had gone well, while parallel stages go on."""

    async def run(self):
        try:
            return await super().run()
        except StageFailedError:
            return self.outcomes

    async def clean_up(self, tasks):
        if not isinstance(self.error_of(tasks), StageFailedError):
            await super().clean_up(tasks)


def skips(scenario):
    return any(fault.kind is FaultKind.SKIP for fault in scenario.faults)


def has_no_join(scenario):
    return all(len(stage.after) < 2 for stage in scenario.pipeline.stages)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("execution", "way"),
    [
        (JoinsAndSkipped, ("dag/runs-once", "stage-ran-twice")),
        (JoinsAndBehindSkipped, ("dag/runs-once", "stage-ran-twice")),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_two_bugs_that_break_one_law_in_one_way_from_one_function_are_two(execution, way):
    """Half of the candidates cannot show the one; which the others show, each has to tell."""
    seen = [defect_of(execution, way, seed, like=lambda s: not skips(s)) for seed in range(3)]
    seen += [defect_of(execution, way, seed, like=has_no_join) for seed in range(3)]
    found = merged(seen)
    assert sorted("fault:skip" in defect.features for defect in found) == [False, True]
    assert sum(count for defect in found for count in defect.kinds.values()) == len(seen)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("execution", "ways"),
    [
        (
            LeavesAfterFailureAndAfterCancellation,
            [(LEFT, "after-failure"), (LEFT, "after-cancellation")],
        ),
        (
            LeavesAndSwallows,
            [(LEFT, "after-completion"), ("dag/failure-surfaces", "failure-swallowed")],
        ),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_two_bugs_that_break_laws_in_two_ways_from_one_function_are_two(execution, ways):
    found = [defect_of(execution, way, seed) for way in ways for seed in range(3)]
    assert len({defect.fingerprint for defect in found}) == 2
    assert same_causes([], (Break.of(defect, 1) for defect in found)) == {}


@pytest.mark.slow
def test_one_bug_that_breaks_a_law_in_two_ways_has_one_cause():
    """Stages that go on, and stages that start, after the caller has cancelled their run."""
    bug = executors.LeavesStagesAfterCancellation
    goes_on = defect_of(bug, (LEFT, "after-cancellation"), 1)
    starts = defect_of(bug, (LEFT, "cancellation-ignored"), 1)
    assert goes_on.fingerprint != starts.fingerprint
    ((other, cause),) = same_causes([], [Break.of(starts, 1), Break.of(goes_on, 1)]).items()
    assert (other, cause.fingerprint) == (starts.fingerprint, goes_on.fingerprint)
    assert cause.cure == "stop_tasks detection.executors.Planted.run"


def test_a_seed_that_does_not_show_a_bug_is_said_to_be_so():
    with pytest.raises(AssertionError, match="seed 1 does not show it"):
        candidate(Planted, ("dag/runs-once", "stage-ran-twice"), 1, workload="alone")


class TripsAfterTwoFailures(Planted):
    """After two failures, stages of later runs count as done before they run."""

    async def _in_time(self, stage, call):
        failures = self.built.last
        if len(failures) > 1:
            return Outcome()
        try:
            return await super()._in_time(stage, call)
        except StageFailedError:
            self.built.last = {**failures, self.input["run"]: stage.name}
            raise


def test_what_is_left_is_something_that_a_right_executor_can_be_judged_by():
    """Without its first stage, every run would fail and nothing show what is right."""
    way = ("dag/runs-once", "stage-never-ran")
    scenario = Scenario(
        kind=Kind.CHAOS,
        pipeline=chain(2),
        requests=tuple(
            RunRequest(key=f"r{n}", input={}, identity=identity_of(0, n), start_ms=10.0 * n)
            for n in range(3)
        ),
        faults=(Fault(kind=FaultKind.RAISE, stage="s1"),),
        latencies=Latencies(fixed={"*": 1.0}),
    )
    asked = {"law": way[0], "outcome_class": way[1], "allowance": ALLOWANCE}
    workers = Workers(TripsAfterTwoFailures)
    small = workers.call(MINIMISE, {"scenario": to_json(scenario), **asked})["scenario"]
    assert len(small["pipeline"]["stages"]) == 2
    control = Workers(Planted).call(CONTROL, {"scenario": small, "law": way[0], "count": CONTROLS})
    states = control["states"]
    assert states["broken"] == 0
    assert states["holds"] > CONTROLS // 2
