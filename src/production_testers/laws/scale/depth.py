"""A thousand stages in a row can be executed."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import runs
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

STAGES_MIN = 1_000
"""What the field calls deep: the roadmap names 1,000 and more sequential stages."""


def check(observation: Observation) -> Verdict:
    """Judge runs of pipelines in which at least `STAGES_MIN` stages stand behind one another."""
    judgement = Judgement()
    if _depth(observation) >= STAGES_MIN:
        for run in runs(observation):
            if run.expected.outcomes == {"completed"} and run.ended:
                judgement.judge(
                    run.outcome == "completed",
                    "deep-pipeline-fails",
                    lambda: (
                        f"run {run.key} of {_depth(observation)} stages in a row ended"
                        f" {run.outcome!r}: {run.ended.value.get('error') if run.ended else ''}"
                    ),
                    run.ended.seq,
                )
    return judgement.verdict()


def _depth(observation: Observation) -> int:
    pipeline = observation.scenario.pipeline
    after = {stage.name: stage.after for stage in pipeline.stages}
    depths: dict[str, int] = {}
    for name in pipeline.topological_order():
        depths[name] = 1 + max((depths[dependency] for dependency in after[name]), default=0)
    return max(depths.values(), default=0)


LAW = Law(
    id="scale/depth",
    statement=f"A pipeline of {STAGES_MIN:,} stages in a row, registered in any order, completes.",
    category=Category.SCALABILITY,
    capability=Capability.DAG,
    classes={
        "deep-pipeline-fails": OutcomeClass(
            title="A pipeline of a thousand stages in a row cannot be executed",
            severity=Severity.MEDIUM,
            why="a valid pipeline is refused because of its depth",
        ),
    },
    check=check,
    gives_way_to=("isolation/concurrent-runs",),
)
