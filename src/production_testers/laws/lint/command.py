"""The command line of lint says what lint says."""

from typing import Any

from production_testers.laws.law import (
    Category,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.lint.stages import Stated
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every command that came to its end."""
    judgement = Judgement()
    for line in calls_of(observation):
        if line.outcome == "returned" and line.call.operation == "command":
            _ended(line, judgement)
    return judgement.verdict()


def _ended(line: CallLine, judgement: Judgement) -> None:
    told: Any = line.value
    asked: Any = line.call.arguments
    stages = Stated.of(asked["stages"])
    minded = stages.alone if asked["strict"] else frozenset()
    wrong = sorted(stages.faulty | minded)
    judgement.judge(
        told["status"] != 0 or (asked["there"] and not wrong),
        "fault-passes",
        lambda: (
            f"command {line.key} ended with 0, and"
            f" {f'{wrong} are wrong' if asked['there'] else 'there is no such file'}"
        ),
        run=line.key,
    )
    if not asked["there"]:
        return
    judgement.judge(
        told["status"] == 0 or bool(wrong),
        "sound-refused",
        lambda: f"command {line.key} ended with {told['status']}, and nothing is wrong",
        run=line.key,
    )
    judgement.judge(
        stages.are_named(set(told["faulty"]))
        and set(told["faulty"]) <= stages.faulty
        and set(told["alone"]) == stages.alone,
        "told-otherwise",
        lambda: (
            f"command {line.key}: {sorted(stages.faulty)} are at fault and {sorted(stages.alone)}"
            f" stand alone, and it wrote {told['faulty']} and {told['alone']}"
        ),
        run=line.key,
    )


LAW = Law(
    id="lint/command",
    statement="The command line of lint ends with 0 exactly where the file is there and nothing in"
    " it is wrong, and writes for machines which stages are.",
    category=Category.CORRECTNESS,
    capability=Capability.LINT_COMMAND,
    units=frozenset({"lint"}),
    classes={
        "fault-passes": OutcomeClass(
            title="The command line of lint ends well, and something is wrong",
            severity=Severity.MEDIUM,
            why="a build that relies on the status goes on",
        ),
        "sound-refused": OutcomeClass(
            title="The command line of lint ends badly, and nothing is wrong",
            severity=Severity.MEDIUM,
            why="a build fails for nothing, and lint is switched off",
        ),
        "told-otherwise": OutcomeClass(
            title="The command line of lint writes of other stages than are wrong",
            severity=Severity.LOW,
            why="whoever reads what it writes mends another stage",
        ),
    },
    check=check,
)
