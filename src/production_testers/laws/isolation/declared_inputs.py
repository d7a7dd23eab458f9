"""A stage is shown the outputs of its declared dependencies only."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import runs
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every start of a stage, where the framework promises explicit inputs."""
    judgement = Judgement()
    if not observation.sut.offers(Capability.DECLARED_INPUTS_ONLY):
        return judgement.verdict()
    for run in runs(observation):
        for line in run.stages.values():
            for start in line.starts:
                extra = start.value.get("extra")
                judgement.judge(
                    not extra,
                    "undeclared-output-shown",
                    lambda: (
                        f"stage {start.stage} of run {start.run} was shown what {extra} gave, on"
                        " which it does not depend"
                    ),
                    start.seq,
                )
    return judgement.verdict()


LAW = Law(
    id="isolation/declared-inputs",
    statement="A stage is shown the outputs of the stages that it depends on, and of no other.",
    category=Category.CORRECTNESS,
    capability=Capability.DECLARED_INPUTS_ONLY,
    classes={
        "undeclared-output-shown": OutcomeClass(
            title="A stage is shown the output of a stage that it does not depend on",
            severity=Severity.MEDIUM,
            why="what a stage sees depends on which other stages happen to have ended",
        ),
    },
    check=check,
)
