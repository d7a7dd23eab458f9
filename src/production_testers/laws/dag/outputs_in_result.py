"""Every output is in the result."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import runs, text
from production_testers.model.observation import Observation
from production_testers.model.pipeline import Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every stage that ended well, in every run that completed."""
    judgement = Judgement()
    for run in runs(observation):
        if run.outcome != "completed" or "completed" not in run.expected.outcomes or run.mutated:
            continue
        at = run.ended.seq if run.ended else 0
        for stage in run.expected.outputs:
            line = run.line(stage)
            if line.status != Status.OK.value:
                continue  # never executed: another law's matter
            result, given = run.results.get(stage), text(line.ends[-1], "digest")
            judgement.judge(
                result is not None,
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


LAW = Law(
    id="dag/outputs-in-result",
    statement="The result of a run that completes holds what every stage gave.",
    category=Category.CORRECTNESS,
    capability=Capability.DAG,
    classes={
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
