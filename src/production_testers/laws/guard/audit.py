"""What a guard lets through in spite of a violation is told."""

from production_testers.laws.guard.stage import due_of
from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import calls_of
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every text with a violation that a guard which does not block answered for."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    for line in calls_of(observation, "guard"):
        due = due_of(line.call, usage)
        if line.outcome == "returned" and due.violations and not usage.settings["blocks"]:
            names = [e.value.get("name") for e in line.events if e.kind is EventKind.EMITTED]
            judgement.judge(
                "let_through" in names,
                "audit-missing",
                lambda: f"{due.violations} violations were let through, told were {names}",
                run=line.key,
            )
    return judgement.verdict()


LAW = Law(
    id="guard/audit",
    statement="What a guard lets through in spite of a violation is told, each time.",
    category=Category.OBSERVABILITY,
    capability=Capability.GUARD_AUDIT,
    units=frozenset({"guard_stage"}),
    classes={
        "audit-missing": OutcomeClass(
            title="A violation is let through and no audit says so",
            severity=Severity.HIGH,
            why="the audit is mandatory where nothing is blocked",
            type=FindingType.SECURITY,
        ),
    },
    check=check,
)
