"""What a run that does not complete hands back is what its stages really gave."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import RunLine, runs, text
from production_testers.model.observation import Observation
from production_testers.model.pipeline import Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every stage in the results of runs that failed or were cancelled."""
    judgement = Judgement()
    for run in runs(observation):
        if run.ended is not None and run.outcome != "completed" and not run.mutated:
            _partial(run, judgement)
    return judgement.verdict()


def _partial(run: RunLine, judgement: Judgement) -> None:
    at = run.ended.seq if run.ended else 0
    for stage, (status, digest, *_) in run.results.items():
        if status != Status.OK.value:
            continue
        line = run.line(stage)
        if not line.starts:
            continue  # never executed: another law's matter
        judgement.judge(
            line.status == Status.OK.value,
            "unfinished-as-done",
            lambda: (
                f"run {run.key} ended {run.outcome!r}, and its results say ok of stage {stage},"
                f" which {'ended ' + line.status if line.ends else 'never ended'}"
            ),
            *(end.seq for end in line.ends[-1:]),
            at,
        )
        if line.status == Status.OK.value:
            judgement.judge(
                digest == text(line.ends[-1], "digest"),
                "other-value",
                lambda: (
                    f"run {run.key} ended {run.outcome!r}, and its results hold another value for"
                    f" {stage} than the stage gave"
                ),
                line.ends[-1].seq,
                at,
            )


LAW = Law(
    id="contract/partial-output",
    statement="The results that a failed or cancelled run hands back hold nothing but what its"
    " stages gave, and say ok of none that did not end well.",
    category=Category.CORRECTNESS,
    capability=Capability.DAG,
    classes={
        "unfinished-as-done": OutcomeClass(
            title="The results of a run that did not complete say ok of a stage that did not",
            severity=Severity.HIGH,
            why="callers take work for done that was not",
        ),
        "other-value": OutcomeClass(
            title="The results of a run that did not complete hold another value than was given",
            severity=Severity.HIGH,
            why="callers go on with wrong data",
        ),
    },
    check=check,
)
