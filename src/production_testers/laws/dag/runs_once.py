"""Every stage runs exactly once."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import RunLine, runs, status_of
from production_testers.model.observation import Observation
from production_testers.model.pipeline import Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

_DONE = frozenset({Status.OK.value, Status.SKIP.value, Status.CANCEL.value})
"""After anything else an executor may try again."""


def check(observation: Observation) -> Verdict:
    """Judge every stage that the reference executes."""
    judgement = Judgement()
    for run in runs(observation):
        _repeated(run, judgement)
        if not run.same_request:  # whose work may be done by another run
            _never(run, judgement)
    return judgement.verdict()


def _never(run: RunLine, judgement: Judgement) -> None:
    """A stage that must run has not, though the run completed or a dependant of it started."""
    for stage in sorted(run.expected.executed):
        starts = [
            line.starts[0]
            for other in run.pipeline.stages
            if stage in other.after and (line := run.line(other.name)).starts
        ]
        if run.outcome != "completed" and not starts:
            continue
        judgement.judge(
            bool(run.line(stage).starts),
            "stage-never-ran",
            lambda: (
                f"stage {stage} of run {run.key} was never executed;"
                + (f" {starts[0].stage}, which depends on it, was;" if starts else "")
                + f" the run ended {run.outcome!r}"
            ),
            *(start.seq for start in starts[:1]),
            *((run.ended.seq,) if run.ended else ()),
        )


def _repeated(run: RunLine, judgement: Judgement) -> None:
    for stage, line in run.stages.items():
        if len(line.starts) == 1 and line.status in _DONE:
            judgement.exercised += 1  # it could have been executed again
        for earlier, again in zip(line.starts, line.starts[1:], strict=False):
            ends = [
                end for end in line.ends if end.attempt == earlier.attempt and end.seq < again.seq
            ]
            judgement.judge(
                bool(ends) and status_of(ends[0]) not in _DONE,
                "stage-ran-twice",
                lambda: (
                    f"stage {stage} of run {again.run} was executed again (attempt {again.attempt})"
                    " though it had ended well"
                    if ends
                    else f"stage {stage} of run {again.run} was executed again (attempt"
                    f" {again.attempt}) though it was still running"
                ),
                earlier.seq,
                again.seq,
            )


LAW = Law(
    id="dag/runs-once",
    statement="In a run that completes, every stage that is not skipped is executed; none is"
    " executed again that has ended well or still runs.",
    category=Category.CORRECTNESS,
    capability=Capability.DAG,
    classes={
        "stage-never-ran": OutcomeClass(
            title="A stage is never executed, and its run goes on as if it had succeeded",
            severity=Severity.CRITICAL,
            why="work is lost and reported as done",
        ),
        "stage-ran-twice": OutcomeClass(
            title="A stage is executed twice in one run",
            severity=Severity.HIGH,
            why="side effects happen twice",
        ),
    },
    check=check,
)
