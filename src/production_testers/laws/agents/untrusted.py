"""What a user or a tool wrote cannot pretend to be instructions."""

import re
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
from production_testers.units.guard_checks import INJECTIONS
from production_testers.units.untrusted_text import FILLER

PRETENDS = re.compile(r"<\s*/?\s*system\s*>|\[\s*system\s*\]", re.IGNORECASE)


def check(observation: Observation) -> Verdict:
    """Judge every message that was asked for."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    limit = int(str(usage.settings["limit"]))
    for line in calls_of(observation, "user", "tool"):
        if line.ended is not None and line.outcome != "refused":
            _judge(line, limit, judgement)
    return judgement.verdict()


def _judge(line: CallLine, limit: int, judgement: Judgement) -> None:
    text = str(line.call.arguments["text"])
    is_user = line.call.operation == "user"
    injects = any(one in text[: limit - 10] for one in INJECTIONS)
    plain = not any(one[:6] in text for one in INJECTIONS) and not PRETENDS.search(text)
    if is_user and injects:
        judgement.judge(
            line.error == "injected",
            "injection-passes",
            lambda: f"{text[:80]!r} is an injection, and call {line.key} {line.in_words()}",
            run=line.key,
        )
    elif plain and not line.call.arguments["closes"]:
        judgement.judge(
            line.outcome == "returned",
            "plain-refused",
            lambda: f"{text[:80]!r} is plain text, and call {line.key} {line.in_words()}",
            run=line.key,
        )
    if isinstance(line.value, dict) and "message" in line.value:
        _message(line, dict(line.value), limit, judgement)


def _message(line: CallLine, told: dict[str, Any], limit: int, judgement: Judgement) -> None:
    message, closing = str(told["message"]), str(told["closing"])
    marked = message[: message.rfind(closing)] if closing in message else message
    judgement.judge(
        not PRETENDS.search(marked),
        "mark-left",
        lambda: f"{PRETENDS.search(marked)} is left in {message[-120:]!r}",
        run=line.key,
    )
    judgement.judge(
        closing in message and closing not in marked,
        "ends-early",
        lambda: (
            f"what was written ends the part that is not to be trusted, by {closing!r}:"
            f" {message[-160:]!r}"
        ),
        run=line.key,
    )
    text = str(line.call.arguments["text"])
    filler = text.count(FILLER)
    if filler * len(FILLER) > limit + len(FILLER):
        judgement.judge(
            message.count(FILLER) * len(FILLER) <= limit,
            "limit-exceeded",
            lambda: (
                f"{message.count(FILLER) * len(FILLER)} characters of the text are in the"
                f" message, {limit} are allowed"
            ),
            run=line.key,
        )


LAW = Law(
    id="agents/untrusted",
    statement="A message holds at most so much of what a user or a tool wrote, without marks of"
    " instructions, and all of it inside the part that is marked as not to be trusted; what a user"
    " injects is refused, plain text is not.",
    category=Category.SECURITY,
    capability=Capability.UNTRUSTED_TEXT,
    units=frozenset({"untrusted_text"}),
    classes={
        "injection-passes": OutcomeClass(
            title="An injection by a user is not refused",
            severity=Severity.HIGH,
            why="the plainest attack reaches the model",
            type=FindingType.SECURITY,
        ),
        "plain-refused": OutcomeClass(
            title="Plain text of a user or a tool is refused",
            severity=Severity.MEDIUM,
            why="users are refused who did nothing wrong",
        ),
        "mark-left": OutcomeClass(
            title="A mark of instructions is left in what a user or a tool wrote",
            severity=Severity.HIGH,
            why="a model takes what follows for instructions",
            type=FindingType.SECURITY,
        ),
        "ends-early": OutcomeClass(
            title="What a user or a tool wrote can end the part that is not to be trusted",
            severity=Severity.MEDIUM,
            why="what follows stands outside of it, where instructions stand",
            type=FindingType.SECURITY,
        ),
        "limit-exceeded": OutcomeClass(
            title="More of a text reaches the model than the limit allows",
            severity=Severity.MEDIUM,
            why="one user's text crowds out the rest, and is paid for",
        ),
    },
    check=check,
)
