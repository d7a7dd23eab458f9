"""Dependants of a failed stage do not run."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import FAILURES, runs
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every stage that stands behind one that failed."""
    judgement = Judgement()
    for run in runs(observation):
        ancestors = run.pipeline.ancestors()
        for failed, line in run.stages.items():
            if line.status not in FAILURES or len(line.starts) > 1:
                continue
            for stage, before in ancestors.items():
                if failed in before:
                    starts = run.line(stage).starts
                    judgement.judge(
                        not starts,
                        "dependant-ran",
                        lambda: (
                            f"stage {failed} of run {run.key} failed, and {stage}, which depends on"
                            " it, was executed"
                        ),
                        line.ends[-1].seq,
                        *(start.seq for start in starts[:1]),
                    )
    return judgement.verdict()


LAW = Law(
    id="dag/failed-dependants",
    statement="A stage is not executed when a stage it depends on, directly or not, has failed.",
    category=Category.RELIABILITY,
    capability=Capability.DAG,
    classes={
        "dependant-ran": OutcomeClass(
            title="A stage runs although a stage it depends on has failed",
            severity=Severity.HIGH,
            why="stages act on the absence of data",
        ),
    },
    check=check,
)
