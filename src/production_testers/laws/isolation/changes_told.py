"""A check that looks for changes finds them, and accuses nobody else."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.change_check import CHANGED


def check(observation: Observation) -> Verdict:
    """Judge every execution that its caller waited for."""
    judgement = Judgement()
    for line in calls_of(observation, "execute"):
        if line.ended is None or line.given_up is not None or line.outcome == "refused":
            continue
        _judge(line, judgement)
    return judgement.verdict()


def _judge(line: CallLine, judgement: Judgement) -> None:
    failed = line.outcome == "raised" and line.error == CHANGED
    if line.call.arguments["changes"]:
        judgement.judge(
            failed,
            "change-passes",
            lambda: f"execution {line.key} changed what it was given, and it {line.in_words()}",
            run=line.key,
        )
    else:
        judgement.judge(
            not failed,
            "accused",
            lambda: f"execution {line.key} changed nothing, and it {line.in_words()}",
            run=line.key,
        )


LAW = Law(
    id="isolation/changes-told",
    statement="With a check for changes, an execution that changed what it was given to read is"
    " failed, and no other one is.",
    category=Category.RELIABILITY,
    capability=Capability.CHANGE_CHECK,
    units=frozenset({"change_check"}),
    classes={
        "change-passes": OutcomeClass(
            title="A check for changes lets an execution pass that changed what it was given",
            severity=Severity.MEDIUM,
            why="whoever switched it on believes that nothing is written to",
            type=FindingType.RELIABILITY,
        ),
        "accused": OutcomeClass(
            title="A check for changes fails an execution that changed nothing",
            severity=Severity.MEDIUM,
            why="right stages fail, and only where several run at once",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
