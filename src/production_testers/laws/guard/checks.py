"""What a check looks for is found whatever its case and surroundings, and nothing else is."""

import re

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
from production_testers.model.usage import Usage
from production_testers.model.verdict import Verdict
from production_testers.units.guard_checks import INJECTIONS, words_of


def check(observation: Observation) -> Verdict:
    """Judge every check of a text."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    for line in calls_of(observation, "words", "phrases", "injection", "length"):
        if line.outcome == "returned":
            _judge(line, usage, judgement)
    return judgement.verdict()


def _listed(usage: Usage, name: str) -> list[str]:
    listed = usage.settings[name]
    return [str(one) for one in listed] if isinstance(listed, list | tuple) else []


def _judge(line: CallLine, usage: Usage, judgement: Judgement) -> None:
    text, operation = str(line.call.arguments["text"]), line.call.operation
    if operation == "length":
        low, high = usage.settings["chars_min"], usage.settings["chars_max"]
        wanted = int(str(low)) <= len(text) <= int(str(high))
        judgement.judge(
            line.value is wanted,
            "length-wrong",
            lambda: f"a text of {len(text)} characters, {low} to {high} are allowed: {line.value}",
            run=line.key,
        )
        return
    plain = re.sub(r"\s+", " ", text).casefold()
    if operation == "words":
        sought = _listed(usage, "words")
        present = [word for word in sought if word.casefold() in words_of(text)]
        missed = "word-missed"
    elif operation == "phrases":
        sought = _listed(usage, "phrases")
        present = [phrase for phrase in sought if phrase.lower() in text.lower()]
        missed = "phrase-missed"
    else:
        sought = list(INJECTIONS)
        present = [phrase for phrase in sought if phrase in plain]
        missed = "injection-missed"
    if present:
        judgement.judge(
            line.value is False,
            missed,
            lambda: f"{present[0]!r} stands in {text!r}, and call {line.key} {line.in_words()}",
            run=line.key,
        )
    elif not any(one.casefold()[:4] in plain for one in sought):
        judgement.judge(
            line.value is True,
            "plain-blocked",
            lambda: (
                f"nothing that {operation} looks for is in {text!r}, and call {line.key}"
                f" {line.in_words()}"
            ),
            run=line.key,
        )


LAW = Law(
    id="guard/checks",
    statement="A check finds what it is given to look for, and the injections that it names, in"
    " any case, white space and surroundings; plain text passes; limits of length are kept.",
    category=Category.SECURITY,
    capability=Capability.CONTENT_FILTER,
    units=frozenset({"guard_checks"}),
    classes={
        "word-missed": OutcomeClass(
            title="A listed word in a text is not found",
            severity=Severity.HIGH,
            why="what was to be blocked passes, for the list seems to be in force",
            type=FindingType.SECURITY,
        ),
        "phrase-missed": OutcomeClass(
            title="A blocked phrase in a text is not found",
            severity=Severity.HIGH,
            why="what was to be blocked passes, for the pattern seems to be in force",
            type=FindingType.SECURITY,
        ),
        "injection-missed": OutcomeClass(
            title="An injection that the documentation names is not found",
            severity=Severity.HIGH,
            why="the plainest attack passes",
            type=FindingType.SECURITY,
        ),
        "plain-blocked": OutcomeClass(
            title="Plain text is blocked",
            severity=Severity.MEDIUM,
            why="users are refused who did nothing wrong",
        ),
        "length-wrong": OutcomeClass(
            title="A limit of a text's length is not kept",
            severity=Severity.MEDIUM,
            why="texts pass that are too long or too short, or proper ones do not",
        ),
    },
    check=check,
)
