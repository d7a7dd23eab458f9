"""A stage that never succeeds is tried again a bounded number of times."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.timeline import runs, status_of
from production_testers.model.observation import Observation
from production_testers.model.pipeline import Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

ATTEMPTS_MAX = 20
"""More executions of one stage in one run are a storm, whatever the pauses between them: a hundred
callers make two thousand calls of a service that is down."""

_AGAIN = frozenset({Status.RETRY.value, Status.FAIL.value, "raised", "stopped"})


def check(observation: Observation) -> Verdict:
    """Judge every stage of which an execution did not succeed."""
    judgement = Judgement()
    for run in runs(observation):
        for stage, line in run.stages.items():
            failed = [end for end in line.ends if status_of(end) in _AGAIN]
            if failed:
                judgement.judge(
                    len(line.starts) <= ATTEMPTS_MAX,
                    "storm",
                    lambda: (
                        f"stage {stage} of run {run.key} was executed {len(line.starts)} times, and"
                        f" {len(failed)} of them did not succeed"
                    ),
                    line.starts[-1].seq,
                    run=run.key,
                    stage=stage,
                )
    return judgement.verdict()


LAW = Law(
    id="retry/bounded",
    statement="A stage that does not succeed is executed at most twenty times in a run.",
    category=Category.RELIABILITY,
    capability=Capability.STATUS_RETRY,
    classes={
        "storm": OutcomeClass(
            title="A stage that never succeeds is tried again without a sensible bound",
            severity=Severity.HIGH,
            why="a service in trouble is loaded more and more, and the caller waits",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
