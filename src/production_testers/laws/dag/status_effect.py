"""A status that the framework offers has the effect that its documentation says."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import RunLine, StageLine, runs
from production_testers.model.observation import Observation
from production_testers.model.pipeline import Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

GRACE_NS = 1_000_000
"""How long after a stage cancelled the pipeline another one may still be starting."""


def check(observation: Observation) -> Verdict:
    """Judge every stage that ended with retry, cancel or skip."""
    judgement = Judgement()
    for run in runs(observation):
        ancestors = run.pipeline.ancestors()
        for stage, line in run.stages.items():
            if line.status == Status.RETRY.value:
                behind = [s for s, before in ancestors.items() if stage in before]
                _retry(run, stage, behind, judgement)
            elif line.status == Status.CANCEL.value:
                _cancel(run, stage, line, judgement)
            elif line.status == Status.SKIP.value and run.ended:
                judgement.judge(
                    run.outcome != f"failed:{stage}",
                    "skip-fails",
                    lambda: f"stage {stage} of run {run.key} was skipped, and the run failed in it",
                    line.ends[-1].seq,
                    run.ended.seq,
                )
    return judgement.verdict()


def _retry(run: RunLine, stage: str, behind: list[str], judgement: Judgement) -> None:
    end = run.line(stage).ends[-1]
    ran = [s for s in behind if any(start.seq > end.seq for start in run.line(s).starts)]
    judgement.judge(
        not ran and run.outcome != "completed",
        "retry-is-success",
        lambda: (
            f"stage {stage} of run {run.key} ended with status retry and was not executed again;"
            + (f" {', '.join(ran)} ran on its output;" if ran else "")
            + f" the run ended {run.outcome!r}"
        ),
        end.seq,
        run.ended.seq if run.ended else end.seq,
    )


def _cancel(run: RunLine, stage: str, line: StageLine, judgement: Judgement) -> None:
    end = line.ends[-1]
    late = [
        start
        for other in run.stages.values()
        for start in other.starts
        if start.time_ns > end.time_ns + GRACE_NS
    ]
    judgement.judge(
        not late,
        "started-after-cancel",
        lambda: (
            f"stage {stage} of run {run.key} cancelled the pipeline, and {late[0].stage}"
            f" started {(late[0].time_ns - end.time_ns) / 1e6:.1f} ms later"
        ),
        end.seq,
        *(start.seq for start in late[:1]),
    )
    only_this = run.expected.outcomes == {f"cancelled:{stage}"}
    if run.ended and only_this:
        judgement.judge(
            run.outcome.startswith("cancelled"),
            "cancel-ignored",
            lambda: (
                f"stage {stage} of run {run.key} cancelled the pipeline, and the run ended"
                f" {run.outcome!r}"
            ),
            end.seq,
            run.ended.seq,
        )


LAW = Law(
    id="dag/status-effect",
    statement="A stage's status has the effect that the framework documents for it: retry is a"
    " failure until the stage succeeds, cancel stops the pipeline, skip is no failure.",
    category=Category.CORRECTNESS,
    capability=Capability.DAG,
    classes={
        "retry-is-success": OutcomeClass(
            title="A stage that ends with status retry is not run again and counts as a success",
            severity=Severity.HIGH,
            why="a documented failure is reported as success and its dependants run on its output",
            capability=Capability.STATUS_RETRY,
        ),
        "started-after-cancel": OutcomeClass(
            title="Stages start after a stage has cancelled the pipeline",
            severity=Severity.HIGH,
            why="side effects happen after the pipeline was stopped",
            capability=Capability.STATUS_CANCEL,
        ),
        "cancel-ignored": OutcomeClass(
            title="A run does not end as cancelled although a stage cancelled it",
            severity=Severity.HIGH,
            why="the caller is told something else than what happened",
            capability=Capability.STATUS_CANCEL,
        ),
        "skip-fails": OutcomeClass(
            title="A run fails because one of its stages was skipped",
            severity=Severity.HIGH,
            why="a documented non-failure stops the pipeline",
            capability=Capability.STATUS_SKIP,
        ),
    },
    check=check,
)
