"""Redaction hides what it reports, and leaves the rest of a text as it is."""

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


def check(observation: Observation) -> Verdict:
    """Judge every text that personal data were looked for in."""
    judgement = Judgement()
    for line in calls_of(observation, "personal"):
        if line.outcome == "returned" and isinstance(line.value, dict) and "where" in line.value:
            _judge(line, dict(line.value), judgement)
    return judgement.verdict()


def _judge(line: CallLine, told: dict[str, Any], judgement: Judgement) -> None:
    text, shown = str(line.call.arguments["text"]), str(told["text"])
    hidden = {place for start, end in told["where"] for place in range(start, end)}
    judgement.judge(
        told["passed"] is not bool(told["where"]),
        "passed-wrong",
        lambda: f"{len(told['where'])} personal data are reported, and passed is {told['passed']}",
        run=line.key,
    )
    rest = "".join(c for place, c in enumerate(text) if place not in hidden)
    judgement.judge(
        _in_order(rest, shown),
        "rest-changed",
        lambda: f"of {text!r} only {told['where']} had to change, and it became {shown!r}",
        run=line.key,
    )
    for start, end in told["where"]:
        judgement.judge(
            text[start:end] not in shown,
            "reported-readable",
            lambda: f"{text[start:end]!r} is reported and still stands in {shown!r}",
            run=line.key,
        )


def _in_order(some: str, whole: str) -> bool:
    """Whether the characters stand in the other text, in this order."""
    rest = iter(whole)
    return all(c in rest for c in some)


LAW = Law(
    id="guard/redaction-exact",
    statement="What redaction reports it hides; nothing else of the text changes; and a text with"
    " a report does not pass.",
    category=Category.SECURITY,
    capability=Capability.REDACTION,
    units=frozenset({"guard_checks"}),
    classes={
        "passed-wrong": OutcomeClass(
            title="A text in which personal data are reported passes, or one without does not",
            severity=Severity.HIGH,
            why="what follows the check believes it",
            type=FindingType.SECURITY,
        ),
        "rest-changed": OutcomeClass(
            title="Redaction changes more of a text than it reports",
            severity=Severity.MEDIUM,
            why="harmless parts of what a user wrote are lost",
        ),
        "reported-readable": OutcomeClass(
            title="Personal data that redaction reports are still readable",
            severity=Severity.CRITICAL,
            why="they leave the system, and the report says that they are hidden",
            type=FindingType.SECURITY,
        ),
    },
    check=check,
)
