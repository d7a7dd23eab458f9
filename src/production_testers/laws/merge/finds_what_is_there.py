"""A look-up over dependencies gives what one of them gave, whichever of them it was."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import runs, text
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every start of a stage that looked something up over its dependencies."""
    judgement = Judgement()
    for run in runs(observation):
        for line in run.stages.values():
            for start in line.starts:
                missed = start.value.get("not_found")
                if not (missed or text(start, "merged")):
                    continue
                judgement.judge(
                    not missed,
                    "not-found",
                    lambda: (
                        f"stage {start.stage} of run {start.run} looked up {missed} over its"
                        " dependencies, and was given what none of them gave"
                    ),
                    start.seq,
                    run=start.run,
                    stage=start.stage,
                )
    return judgement.verdict()


LAW = Law(
    id="merge/finds-what-is-there",
    statement="A look-up over the outputs of dependencies gives a value that one of them gave, if"
    " any of them gave one.",
    category=Category.CORRECTNESS,
    capability=Capability.MERGED_LOOKUP,
    classes={
        "not-found": OutcomeClass(
            title="A look-up over dependencies does not find what one of them gave",
            severity=Severity.HIGH,
            why="a stage works without a value that was given, as if there were none",
        ),
    },
    check=check,
)
