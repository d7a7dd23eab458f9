"""What is blocked in plain letters is blocked in letters that a person reads alike."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.guard_checks import INJECTIONS


def check(observation: Observation) -> Verdict:
    """Judge every disguised text; digits for letters only where words are listed."""
    judgement = Judgement()
    for line in calls_of(observation, "disguised"):
        text, plain, disguise = (
            str(line.call.arguments[name]) for name in ("text", "plain", "disguise")
        )
        if disguise == "leet" and plain in INJECTIONS:
            continue  # nobody says so of injections
        if line.outcome == "returned" and text != plain:
            judgement.judge(
                line.value is False,
                f"{disguise}-missed",
                lambda: f"{plain!r} is blocked, and written as {text!r} it passes",
                run=line.key,
            )
    return judgement.verdict()


LAW = Law(
    id="guard/disguises",
    statement="A listed word, or an injection, is found with digits for letters, with invisible"
    " characters between its letters, in letters of another script that look alike, and in wide"
    " letters.",
    category=Category.SECURITY,
    capability=Capability.DISGUISED_TEXT,
    units=frozenset({"guard_checks"}),
    classes={
        "leet-missed": OutcomeClass(
            title="A listed word passes with digits for letters",
            severity=Severity.MEDIUM,
            why="the check says that it sees through this",
            type=FindingType.SECURITY,
        ),
        "invisible-missed": OutcomeClass(
            title="Blocked text passes with invisible characters in it",
            severity=Severity.LOW,
            why="it takes one keystroke, and readers and models see no difference; not promised",
            type=FindingType.IMPROVEMENT,
        ),
        "lookalike-missed": OutcomeClass(
            title="Blocked text passes in letters of another script that look alike",
            severity=Severity.LOW,
            why="readers see no difference; not promised",
            type=FindingType.IMPROVEMENT,
        ),
        "wide-missed": OutcomeClass(
            title="Blocked text passes in wide letters",
            severity=Severity.LOW,
            why="Unicode calls them compatible with plain letters; not promised",
            type=FindingType.IMPROVEMENT,
        ),
    },
    check=check,
)
