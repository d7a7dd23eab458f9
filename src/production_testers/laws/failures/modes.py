"""After a failure that is executed which the mode allows."""

from typing import Any

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
from production_testers.units.failure_modes import GO_ON, STOP


def check(observation: Observation) -> Verdict:
    """Follow the one caller, taking the unit's own answers for what was executed."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    mode = str(usage.settings["mode"])
    failed: set[str] = set()
    completed: set[str] = set()
    left_out: set[str] = set()
    for line in calls_of(observation):
        if line.outcome != "returned":
            break
        arguments: Any = line.call.arguments
        if line.call.operation == "may_run":
            _asked(line, mode, failed, left_out, judgement)
            if not line.value:
                left_out.add(arguments["stage"])
        elif line.call.operation == "summary":
            _counted(line, len(failed), len(completed), judgement)
        elif arguments["stage"] not in left_out:
            (failed if line.call.operation == "failed" else completed).add(arguments["stage"])
    return judgement.verdict()


def _asked(
    line: CallLine, mode: str, failed: set[str], left_out: set[str], judgement: Judgement
) -> None:
    arguments: Any = line.call.arguments
    after = set(arguments["after"])
    told = f"call {line.key}: {arguments['stage']} is behind {sorted(after)}"
    if mode == STOP and failed:
        judgement.judge(
            not line.value,
            "goes-on",
            lambda: f"{told}, {sorted(failed)} had failed, and it may be executed",
            run=line.key,
        )
    elif mode == GO_ON and after & failed:
        judgement.judge(
            not line.value,
            "behind-failure-runs",
            lambda: f"{told}, of which {sorted(after & failed)} failed, and it may be executed",
            run=line.key,
        )
    elif mode == GO_ON and after & left_out:
        judgement.judge(
            not line.value,
            "behind-left-out-runs",
            lambda: (
                f"{told}, of which {sorted(after & left_out)} were left out after a failure, and it"
                " may be executed"
            ),
            run=line.key,
        )
    else:
        judgement.judge(
            line.value is True,
            "left-out",
            lambda: f"{told}, {sorted(failed)} had failed, and it may not be executed",
            run=line.key,
        )


def _counted(line: CallLine, failed: int, completed: int, judgement: Judgement) -> None:
    total: Any = line.call.arguments["total"]
    told: Any = line.value
    right = (told["failed"], told["completed"]) == (failed, completed)
    share = completed / total if total else 0.0
    judgement.judge(
        right and abs(told["share"] - share) < 1e-9,
        "counts-wrong",
        lambda: (
            f"call {line.key}: {failed} failed, {completed} of {total} completed; it says {told}"
        ),
        run=line.key,
    )


LAW = Law(
    id="failures/modes",
    statement="After a failure nothing more is executed, or all that is in no branch with it, or"
    " everything, as the mode says; and what failed and completed is counted.",
    category=Category.RELIABILITY,
    capability=Capability.FAILURE_MODES,
    units=frozenset({"failure_modes"}),
    classes={
        "goes-on": OutcomeClass(
            title="Stages are executed after a failure that stops everything",
            severity=Severity.HIGH,
            why="effects happen that nobody expects after an error",
            type=FindingType.RELIABILITY,
        ),
        "behind-failure-runs": OutcomeClass(
            title="A stage may be executed though one that it is behind failed",
            severity=Severity.HIGH,
            why="it works with what does not exist",
            type=FindingType.RELIABILITY,
        ),
        "behind-left-out-runs": OutcomeClass(
            title="A stage may be executed though one that it is behind was left out",
            severity=Severity.MEDIUM,
            why="a branch with a failure in it goes on two stages later, without its input",
            type=FindingType.RELIABILITY,
        ),
        "left-out": OutcomeClass(
            title="A stage that has nothing to do with a failure is left out",
            severity=Severity.MEDIUM,
            why="one failure costs more than it must",
            type=FindingType.RELIABILITY,
        ),
        "counts-wrong": OutcomeClass(
            title="Failures are counted wrong",
            severity=Severity.LOW,
            why="operators see another share of successes than there was",
        ),
    },
    check=check,
)
