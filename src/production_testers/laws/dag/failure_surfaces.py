"""A failing stage surfaces with its name and its own exception."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import FAILURES, RunLine, runs
from production_testers.model.observation import Observation
from production_testers.model.pipeline import Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

_ALSO_FAILURES = frozenset({"stopped", Status.RETRY.value})
"""A time-out and a retry that never succeeded may be told instead of another stage's failure."""


def check(observation: Observation) -> Verdict:
    """Judge every run that must fail and that nobody cancelled."""
    judgement = Judgement()
    for run in runs(observation):
        failed = [s for s, line in run.stages.items() if line.status in FAILURES]
        must_fail = run.expected.outcomes and all(
            outcome.startswith("failed:") for outcome in run.expected.outcomes
        )
        if failed and must_fail and run.ended:
            _judge(run, failed, judgement)
    return judgement.verdict()


def _judge(run: RunLine, failed: list[str], judgement: Judgement) -> None:
    at = run.ended.seq if run.ended else 0
    ends = run.line(failed[0]).ends[-1].seq
    judgement.judge(
        run.outcome.startswith("failed"),
        "failure-swallowed",
        lambda: f"stage {failed[0]} of run {run.key} failed, but the run ended {run.outcome!r}",
        ends,
        at,
    )
    if not run.outcome.startswith("failed"):
        return
    also = [s for s, line in run.stages.items() if line.status in _ALSO_FAILURES]
    judgement.judge(
        run.outcome.partition(":")[2] in (*failed, *also),
        "wrong-stage-named",
        lambda: f"run {run.key} ended {run.outcome!r}; it failed in {', '.join(failed)}",
        ends,
        at,
    )
    named = run.line(run.outcome.partition(":")[2])
    if run.ended and named.status == "raised":
        judgement.judge(
            run.ended.value.get("own_exception") is True,
            "exception-replaced",
            lambda: (
                f"run {run.key} failed with {run.ended and run.ended.value.get('error')}, which"
                " is not what its stage raised and does not lead to it"
            ),
            ends,
            at,
        )
    if run.ended and named.status == "fail":
        judgement.judge(
            run.ended.value.get("says_why") is True,
            "reason-lost",
            lambda: f"the failure of run {run.key} does not hold the reason that the stage gave",
            ends,
            at,
        )


LAW = Law(
    id="dag/failure-surfaces",
    statement="When a stage fails, its run fails, names that stage, and gives the stage's own"
    " exception or reason.",
    category=Category.OBSERVABILITY,
    capability=Capability.DAG,
    gives_way_to=("answers/refused",),
    classes={
        "failure-swallowed": OutcomeClass(
            title="A run does not fail although one of its stages failed",
            severity=Severity.CRITICAL,
            why="a failure is reported as success",
        ),
        "wrong-stage-named": OutcomeClass(
            title="The failure of a run does not name the stage that failed",
            severity=Severity.MEDIUM,
            why="the wrong stage is looked at",
        ),
        "exception-replaced": OutcomeClass(
            title="The failure of a run does not lead to the stage's own exception",
            severity=Severity.MEDIUM,
            why="callers cannot handle the error by its type",
        ),
        "reason-lost": OutcomeClass(
            title="The failure of a run does not hold the reason that the stage gave",
            severity=Severity.MEDIUM,
            why="the cause cannot be found",
        ),
    },
    check=check,
)
