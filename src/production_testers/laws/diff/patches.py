"""A JSON Patch between two documents, applied to the first, gives the second."""

from production_testers.laws.diff.applying import NotApplicableError, patched, same
from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.canonical import Json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every patch that was given."""
    judgement = Judgement()
    for line in calls_of(observation, "patch"):
        if line.outcome == "returned" and isinstance(line.value, list):
            _judge(line, line.value, judgement)
    return judgement.verdict()


def _judge(line: CallLine, patch: list[Json], judgement: Judgement) -> None:
    old, new = line.call.arguments["old"], line.call.arguments["new"]
    judgement.judge(
        bool(patch) or same(old, new),
        "change-untold",
        lambda: f"{old} and {new} differ, and the patch is empty",
        run=line.key,
    )
    if not patch:
        return
    try:
        made, why = patched(old, patch), ""
    except NotApplicableError as error:
        made, why = None, str(error)
    judgement.judge(
        not why,
        "not-applicable",
        lambda: f"the patch {patch} cannot be applied to {old}: {why}",
        run=line.key,
    )
    if not why:
        judgement.judge(
            same(made, new),
            "makes-another",
            lambda: f"the patch {patch} makes {made} of {old}, not {new}",
            run=line.key,
        )


LAW = Law(
    id="diff/patches",
    statement="A JSON Patch between two documents is empty only where they are equal, can be"
    " applied to the first, and makes the second of it.",
    category=Category.CORRECTNESS,
    capability=Capability.JSON_DIFF,
    units=frozenset({"diff"}),
    classes={
        "change-untold": OutcomeClass(
            title="Documents differ, and the JSON Patch between them is empty",
            severity=Severity.HIGH,
            why="edits go unseen, and cannot be undone",
        ),
        "not-applicable": OutcomeClass(
            title="A JSON Patch cannot be applied to the document that it was made from",
            severity=Severity.HIGH,
            why="what was recorded for an undo or an audit cannot be used",
        ),
        "makes-another": OutcomeClass(
            title="A JSON Patch makes another document than the one it was made for",
            severity=Severity.HIGH,
            why="applying it damages data",
        ),
    },
    check=check,
)
