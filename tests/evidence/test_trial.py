"""What a first look at a proposal says, from what its replays showed."""

import pytest

from production_testers.evidence.trial import CHECK, REPLAY, TRIALS, try_out
from production_testers.experiments.worker import WorkerDiedError
from production_testers.model.errors import UsageError

LAW = "dag/runs-once"
ORIGIN = {"proposal": "proposal-001"}
HOLDS = {"state": "holds", "outcome_class": "", "summary": "", "exercised": 2}
UNKNOWN = {"state": "unknown", "outcome_class": "", "summary": "nothing to judge", "exercised": 0}
TOLD = {**UNKNOWN, "summary": "already told by dag/outcome-allowed"}


def broken(outcome_class="stage-ran-twice"):
    return {"state": "broken", "outcome_class": outcome_class, "summary": "!", "exercised": 2}


class Workers:
    """Answers the replays in turn, and minimises to what it was given."""

    sut = {"name": "engine", "version": "1.0"}  # noqa: RUF012

    def __init__(self, *verdicts, missing=(), small=None):
        self.verdicts, self.missing, self.small = list(verdicts), list(missing), small
        self.asked = 0

    def call(self, job, arguments):
        if job == CHECK:
            return {"not_offered": self.missing}
        if job == REPLAY:
            self.asked += 1
            verdict = self.verdicts.pop(0)
            if isinstance(verdict, Exception):
                raise verdict
            return {"verdicts": {LAW: verdict}}
        if isinstance(self.small, Exception):
            raise self.small
        return self.small


def look(workers, exhibit):
    return try_out(workers, LAW, exhibit["scenario"], ORIGIN)


@pytest.mark.parametrize(
    ("verdicts", "breaks", "reason"),
    [
        ([HOLDS] * 5, False, "does not break the law: it holds in 5 of 5 replays, on 2 things"),
        ([broken(), *[HOLDS] * 4], False, "flaky: 1 of 5 replays"),
        ([*[broken()] * 4, UNKNOWN], False, "flaky: 4 of 5 replays"),
        ([*[broken()] * 4, broken("stage-never-ran")], False, "flaky: 5 of 5 replays, in 2 diff"),
        ([UNKNOWN] * 5, None, "cannot tell in 5 of 5 replays: nothing to judge"),
        ([TOLD] * 5, False, "the break is already told by dag/outcome-allowed; propose it"),
    ],
)
def test_what_is_not_broken_every_time_is_no_candidate(exhibit, verdicts, breaks, reason):
    trial = look(Workers(*verdicts), exhibit())
    assert trial.breaks is breaks
    assert trial.reason.startswith(reason)
    assert trial.defect is None


def test_what_the_release_does_not_offer_is_not_executed(exhibit):
    workers = Workers(missing=["stage-timeout", "skip-request"])
    trial = look(workers, exhibit())
    assert (trial.breaks, workers.asked) == (False, 0)
    assert trial.reason == "not offered by engine 1.0: stage-timeout, skip-request"


def test_a_scenario_that_kills_its_process_is_not_tried_again(exhibit):
    workers = Workers(WorkerDiedError("The worker gave no answer in 300 s."))
    trial = look(workers, exhibit())
    assert (trial.breaks, workers.asked) == (None, 1)
    assert "no answer in 300 s" in trial.reason


def test_a_mistake_of_the_proposer_is_not_an_answer(exhibit):
    with pytest.raises(UsageError, match="a mistake"):
        look(Workers(UsageError("a mistake")), exhibit())


def test_what_breaks_every_time_is_made_small(exhibit):
    small = {
        "reproduced": True,
        "scenario": exhibit(stages=1)["scenario"],
        "verdict": broken(),
        "executions": 3,
        "work": 6,
        "complete": True,
        "features": ["dependency"],
        "component": "engine.run",
        "cures": [],
        "also_breaks": [],
        "fingerprint": "0123456789abcdef",
    }
    trial = look(Workers(*[broken()] * TRIALS, small=small), exhibit())
    assert trial.breaks is True
    assert trial.defect.exhibit == {"scenario": small["scenario"]}
    assert trial.defect.origin == ORIGIN
    assert [step.state for step in trial.defect.steps] == ["proposed", "minimised"]
    assert "proposal-001: 5 of 5 replays" in trial.defect.steps[0].detail


@pytest.mark.parametrize(
    ("small", "breaks"), [({"reproduced": False}, False), (WorkerDiedError("exit -9"), None)]
)
def test_what_cannot_be_made_small_is_no_candidate(exhibit, small, breaks):
    trial = look(Workers(*[broken()] * TRIALS, small=small), exhibit())
    assert trial.breaks is breaks
    assert trial.defect is None
