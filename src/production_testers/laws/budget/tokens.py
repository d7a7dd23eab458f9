"""A budget of tokens is kept, and what is cut is told."""

from typing import Any

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.sequential import judge_answers
from production_testers.laws.usage import CallLine, ConflictError, calls_of
from production_testers.model.canonical import Json
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.token_budget import CUT


def check(observation: Observation) -> Verdict:
    """Judge the answers together, and every cut."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    settings: Any = usage.settings
    most = settings["most"] - settings["reserved"]

    def counted(used: Any, line: CallLine) -> Json:
        """What is used after the call."""
        tokens: Any = line.call.arguments.get("tokens", 0)
        fits = used + tokens <= most
        answer: Any = {"used": used, "free": most - used} if line.call.operation == "used" else fits
        if line.outcome == "returned" and line.value != answer:
            raise ConflictError
        taken: int = tokens if line.call.operation == "add" and fits else 0
        return int(used) + taken

    lines = calls_of(observation, "add", "fits", "used")
    judge_answers(judgement, lines, 0, counted, "count-wrong", "these tokens were used")
    cuts = calls_of(observation, CUT, "cuts")
    judge_answers(judgement, cuts, [0, 0], _cut, "cuts-wrong", "so much was cut")
    for line in calls_of(observation, CUT):
        if line.outcome == "returned":
            _told(line, judgement)
    return judgement.verdict()


def _cut(state: Any, line: CallLine) -> Json:
    count, saved = state
    if line.call.operation == "cuts":
        if line.outcome == "returned" and line.value != {"count": count, "saved": saved}:
            raise ConflictError
        return [count, saved]
    arguments: Any = line.call.arguments
    return [count + 1, saved + arguments["before"] - arguments["after"]]


def _told(line: CallLine, judgement: Judgement) -> None:
    events = [event for event in line.events if event.kind is EventKind.EMITTED]
    told = [(event.value.get("before"), event.value.get("after")) for event in events]
    wanted = [(line.call.arguments["before"], line.call.arguments["after"])]
    judgement.judge(
        told == wanted,
        "cut-untold" if not told else "cut-told-wrong",
        lambda: f"call {line.key} recorded a cut from and to {wanted}, and {told} was told",
        run=line.key,
    )


LAW = Law(
    id="budget/tokens",
    statement="Tokens are taken exactly when they fit beside what is used and reserved; what was"
    " cut is counted; and the receiver of events is told of every cut.",
    category=Category.CORRECTNESS,
    capability=Capability.TOKEN_BUDGET,
    units=frozenset({"token_budget"}),
    classes={
        "count-wrong": OutcomeClass(
            title="Tokens are taken that do not fit, or refused though they do",
            severity=Severity.HIGH,
            why="a model refuses a context that is too long, or is not shown what would fit",
        ),
        "cuts-wrong": OutcomeClass(
            title="What was cut is counted wrong",
            severity=Severity.LOW,
            why="nobody sees how much a model was not shown",
        ),
        "cut-untold": OutcomeClass(
            title="The receiver of events is not told of a cut",
            severity=Severity.MEDIUM,
            why="answers from half a document look like answers from all of it",
            type=FindingType.RELIABILITY,
        ),
        "cut-told-wrong": OutcomeClass(
            title="The receiver of events is told of another cut",
            severity=Severity.LOW,
            why="what operators see is not what happened",
        ),
    },
    check=check,
)
