"""A stage starts only after its dependencies finished."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import runs
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every start against every dependency that was executed."""
    judgement = Judgement()
    for run in runs(observation):
        for stage, line in run.stages.items():
            for start in line.starts:
                for dependency in run.pipeline.stage(stage).after:
                    ends = run.line(dependency).ends
                    if not run.line(dependency).starts:
                        continue  # skipped, or never executed: other laws' matter
                    judgement.judge(
                        any(end.seq < start.seq for end in ends),
                        "started-too-early",
                        lambda: (
                            f"stage {start.stage} of run {start.run} started before its dependency"
                            f" {dependency} had ended"
                        ),
                        start.seq,
                        *(end.seq for end in ends[:1]),
                    )
    return judgement.verdict()


LAW = Law(
    id="dag/dependencies-first",
    statement="A stage starts only after every stage it depends on has ended.",
    category=Category.CORRECTNESS,
    capability=Capability.DAG,
    classes={
        "started-too-early": OutcomeClass(
            title="A stage starts before a stage it depends on has ended",
            severity=Severity.CRITICAL,
            why="stages work on input that does not exist yet",
        ),
    },
    check=check,
)
