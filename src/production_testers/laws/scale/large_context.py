"""More than 100 MB can be handed from stage to stage."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import runs
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

CHARACTERS_MIN = 100_000_000
"""What the field calls a large snapshot: more than 100 MB."""


def check(observation: Observation) -> Verdict:
    """Judge every run in which a stage gave at least `CHARACTERS_MIN` characters."""
    judgement = Judgement()
    for run in runs(observation):
        large = [
            end
            for line in run.stages.values()
            for end in line.ends
            if isinstance(size := end.value.get("size"), int) and size >= CHARACTERS_MIN
        ]
        if large and run.ended and run.expected.outcomes == {"completed"}:
            judgement.judge(
                run.outcome == "completed",
                "run-fails",
                lambda: (
                    f"run {run.key} ended {run.outcome!r} after {large[0].stage} had given"
                    f" {large[0].value.get('size')} characters"
                ),
                large[0].seq,
                run.ended.seq,
            )
    return judgement.verdict()


LAW = Law(
    id="scale/large-context",
    statement="A run whose stages hand on more than 100 MB completes.",
    category=Category.SCALABILITY,
    capability=Capability.DAG,
    classes={
        "run-fails": OutcomeClass(
            title="A run fails when its stages hand on more than 100 MB",
            severity=Severity.HIGH,
            why="a valid run is lost because of the size of its data",
        ),
    },
    check=check,
    gives_way_to=("isolation/concurrent-runs",),
)
