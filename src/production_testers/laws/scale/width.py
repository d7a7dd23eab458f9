"""Five hundred parallel stages can be executed."""

from collections import Counter

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import runs
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

BRANCHES_MIN = 500
"""What the field calls wide: the roadmap names 500 and more parallel stages."""


def check(observation: Observation) -> Verdict:
    """Judge runs of pipelines in which at least `BRANCHES_MIN` stages wait for the same ones."""
    judgement = Judgement()
    stages = observation.scenario.pipeline.stages
    width = max(Counter(frozenset(stage.after) for stage in stages).values(), default=0)
    if width >= BRANCHES_MIN:
        for run in runs(observation):
            if run.expected.outcomes == {"completed"} and run.ended:
                judgement.judge(
                    run.outcome == "completed",
                    "wide-pipeline-fails",
                    lambda: (
                        f"run {run.key} of {width} parallel stages ended {run.outcome!r}:"
                        f" {run.ended.value.get('error') if run.ended else ''}"
                    ),
                    run.ended.seq,
                )
    return judgement.verdict()


LAW = Law(
    id="scale/width",
    statement=f"A pipeline of {BRANCHES_MIN:,} parallel stages, registered in any order,"
    " completes.",
    category=Category.SCALABILITY,
    capability=Capability.DAG,
    classes={
        "wide-pipeline-fails": OutcomeClass(
            title="A pipeline of five hundred parallel stages cannot be executed",
            severity=Severity.HIGH,
            why="a valid pipeline fails because of its width",
        ),
    },
    check=check,
    gives_way_to=("isolation/concurrent-runs",),
)
