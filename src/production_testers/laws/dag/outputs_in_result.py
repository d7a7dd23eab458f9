"""Every output is in the result."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import NOTHING_GIVEN, RunLine, runs, text
from production_testers.model.observation import Observation
from production_testers.model.pipeline import Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every stage that ended well, in every run that completed."""
    judgement = Judgement()
    for run in runs(observation):
        if run.outcome == "completed":
            _statuses(run, judgement)
        if run.outcome != "completed" or "completed" not in run.expected.outcomes or run.mutated:
            continue
        at = run.ended.seq if run.ended else 0
        for stage in run.expected.outputs:
            line = run.line(stage)
            if line.status != Status.OK.value:
                continue  # never executed: another law's matter
            result, given = run.results.get(stage), text(line.ends[-1], "digest")
            judgement.judge(
                result is not None or given == NOTHING_GIVEN,
                "result-missing",
                lambda: f"the result of run {run.key} lacks stage {stage}",
                line.ends[-1].seq,
                at,
            )
            if result is not None:
                judgement.judge(
                    result[1] == given,
                    "result-differs",
                    lambda: (
                        f"the result of run {run.key} holds {result[1]} for stage {stage}, which"
                        f" gave {given}"
                    ),
                    line.ends[-1].seq,
                    at,
                )
    return judgement.verdict()


def _statuses(run: RunLine, judgement: Judgement) -> None:
    """What the result says of each stage must be how it ended; skipped by the framework is skip."""
    told = {stage: str(result[0]) for stage, result in run.results.items()}
    for stage, status in told.items():
        ended = run.line(stage).status
        if ended not in (Status.OK.value, Status.SKIP.value):
            if stage not in run.expected.skipped or run.line(stage).starts:
                continue  # failed, stopped or never executed: other laws' matter
            ended = Status.SKIP.value
        judgement.judge(
            status == ended,
            "status-differs",
            lambda: (
                f"the result of run {run.key} says {status} of stage {stage}, which ended {ended}"
            ),
            run.ended.seq if run.ended else 0,
        )


LAW = Law(
    id="dag/outputs-in-result",
    statement="The result of a run that completes holds what every stage gave.",
    category=Category.CORRECTNESS,
    capability=Capability.DAG,
    classes={
        "status-differs": OutcomeClass(
            title="The result of a completed run gives a stage another status than it ended with",
            severity=Severity.HIGH,
            why="callers take work for done that was not, or the other way round",
        ),
        "result-missing": OutcomeClass(
            title="The result of a completed run lacks the output of a stage",
            severity=Severity.CRITICAL,
            why="data is lost without an error",
        ),
        "result-differs": OutcomeClass(
            title="The result of a completed run holds another value than the stage gave",
            severity=Severity.CRITICAL,
            why="data is corrupted without an error",
        ),
    },
    check=check,
)
