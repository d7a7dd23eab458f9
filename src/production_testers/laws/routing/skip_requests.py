"""A skippable stage is skipped exactly when a direct dependency asks for it."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import runs
from production_testers.model.observation import Observation
from production_testers.model.pipeline import Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every skippable stage of every run that completed."""
    judgement = Judgement()
    skippable = {s.name for s in observation.scenario.pipeline.stages if s.skippable}
    for run in runs(observation):
        for stage in sorted(run.expected.skipped):
            starts = run.line(stage).starts
            judgement.judge(
                not starts,
                "ran-anyway",
                lambda run=run, stage=stage: (
                    f"stage {stage} of run {run.key} was executed although a dependency had asked"
                    " that it be skipped"
                ),
                *(start.seq for start in starts[:1]),
            )
        if run.outcome != "completed":
            continue
        for stage in sorted(skippable & run.expected.outputs.keys()):
            result = run.results.get(stage)
            judgement.judge(
                result is None or result[0] != Status.SKIP.value,
                "skipped-unasked",
                lambda run=run, stage=stage: (
                    f"stage {stage} of run {run.key} was skipped although nobody asked for it"
                ),
                run.ended.seq if run.ended else 0,
            )
    return judgement.verdict()


LAW = Law(
    id="routing/skip-requests",
    statement="A skippable stage is skipped exactly when one of its direct dependencies asks.",
    category=Category.CORRECTNESS,
    capability=Capability.SKIP_REQUEST,
    classes={
        "ran-anyway": OutcomeClass(
            title="A stage runs on a branch that was not taken",
            severity=Severity.HIGH,
            why="side effects happen that the routing decision excluded",
        ),
        "skipped-unasked": OutcomeClass(
            title="A stage is skipped although no dependency asked for it",
            severity=Severity.HIGH,
            why="work is silently not done",
        ),
    },
    check=check,
)
