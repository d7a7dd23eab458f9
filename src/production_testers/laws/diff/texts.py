"""A diff of two texts tells every change, and makes the one text of the other."""

from typing import Any

from production_testers.laws.diff.applying import NotApplicableError, unified
from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.diff import WHOLE


def check(observation: Observation) -> Verdict:
    """Judge every diff that was given."""
    judgement = Judgement()
    for line in calls_of(observation, "text"):
        if line.outcome == "returned" and isinstance(line.value, dict) and "output" in line.value:
            _judge(line, dict(line.value), judgement)
    return judgement.verdict()


def _judge(line: CallLine, told: dict[str, Any], judgement: Judgement) -> None:
    old, new = str(line.call.arguments["old"]), str(line.call.arguments["new"])
    changes = [(kind, content) for kind, content in told["changes"]]
    additions, deletions = (
        sum(1 for kind, _ in changes if kind == wanted) for wanted in ("add", "remove")
    )
    judgement.judge(
        (old == new) == (told["additions"] + told["deletions"] == 0),
        "change-untold",
        lambda: (
            f"{old!r} and {new!r} {'are equal' if old == new else 'differ'}, and told are"
            f" {told['additions']} additions and {told['deletions']} deletions"
        ),
        run=line.key,
    )
    judgement.judge(
        [told["additions"], told["deletions"]] == [additions, deletions],
        "miscounted",
        lambda: (
            f"told are {told['additions']} additions and {told['deletions']} deletions, and"
            f" the changes hold {additions} and {deletions}"
        ),
        run=line.key,
    )
    if line.call.arguments["context"] == WHOLE and old != new:
        before = "".join(content for kind, content in changes if kind != "add")
        after = "".join(content for kind, content in changes if kind != "remove")
        judgement.judge(
            (before, after) == (old, new),
            "lines-differ",
            lambda: f"of {old!r} and {new!r} the changes tell {changes}",
            run=line.key,
        )
    _output(line, str(told["output"]), (old, new), judgement)


def _output(line: CallLine, output: str, texts: tuple[str, str], judgement: Judgement) -> None:
    old, new = texts
    try:
        made, why = unified(old, output), ""
    except NotApplicableError as error:
        made, why = "", f" ({error})"
    judgement.judge(
        not why and made == new,
        "output-unusable",
        lambda: f"applied to {old!r}, the output {output!r} does not make {new!r}{why}",
        run=line.key,
    )


LAW = Law(
    id="diff/texts",
    statement="A diff of two texts tells a change where there is one, counts what it tells, and"
    " makes the new text of the old one, as a list of lines and in the unified format.",
    category=Category.CORRECTNESS,
    capability=Capability.TEXT_DIFF,
    units=frozenset({"diff"}),
    classes={
        "change-untold": OutcomeClass(
            title="Texts differ, and the diff says that nothing changed",
            severity=Severity.HIGH,
            why="edits go unseen in reviews and audits",
        ),
        "miscounted": OutcomeClass(
            title="A diff counts other changes than it tells",
            severity=Severity.MEDIUM,
            why="summaries of edits are wrong",
        ),
        "lines-differ": OutcomeClass(
            title="The lines of a diff are not those of the two texts",
            severity=Severity.HIGH,
            why="what is shown to a person is not what was edited",
        ),
        "output-unusable": OutcomeClass(
            title="A unified diff cannot be applied, or makes another text",
            severity=Severity.MEDIUM,
            why="what was recorded for an undo or an audit does not restore the text",
        ),
    },
    check=check,
)
