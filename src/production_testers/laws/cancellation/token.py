"""A cancel token tells everybody once, and remembers the first reason."""

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
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge what was asked, and every listener."""
    judgement = Judgement()
    lines = calls_of(observation)
    asked = [line for line in lines if line.call.operation != "listen"]
    judge_answers(judgement, asked, None, _apply, "wrong-answer", "")
    for line in lines:
        if line.call.operation == "listen" and line.ended is not None:
            _listener(line, lines, judgement)
    return judgement.verdict()


def _apply(state: Json, line: CallLine) -> Json:
    """The state is a list with the first reason, or nothing."""
    if line.call.operation == "cancel":
        return state if state is not None else [line.call.arguments["reason"]]
    known: Any = state
    value: Any = line.value
    right = {"cancelled": state is not None, "reason": known[0] if known else None}
    if line.ended is not None and (line.outcome != "returned" or dict(value or {}) != right):
        raise ConflictError
    return state


def _listener(line: CallLine, lines: list[CallLine], judgement: Judgement) -> None:
    label = f"listener {line.call.arguments['name']}"
    calls = [work for other in lines for work in other.works_of(label)]
    cancelled = [other for other in lines if other.call.operation == "cancel" and other.ended]
    judgement.judge(
        len(calls) <= 1,
        "told-twice",
        lambda: f"{label} was called {len(calls)} times",
        run=line.key,
    )
    judgement.judge(
        bool(calls) or not cancelled,
        "never-told",
        lambda: f"call {cancelled[0].key} cancelled, and {label} was never called",
        run=line.key,
    )
    if calls:
        first = calls[0].started.seq
        judgement.judge(
            any(other.started and other.started.seq < first for other in cancelled),
            "told-too-early",
            lambda: f"{label} was called before anybody had cancelled",
            run=line.key,
        )


LAW = Law(
    id="cancellation/token",
    statement="A token says that it was cancelled, and the first reason; each listener is called"
    " once when it is cancelled, whatever the others do, and not before.",
    category=Category.RELIABILITY,
    capability=Capability.CANCEL_SIGNAL,
    units=frozenset({"cancel_signal"}),
    classes={
        "wrong-answer": OutcomeClass(
            title="A cancel token does not say what was asked of it",
            severity=Severity.HIGH,
            why="work that should stop goes on, or the other way round",
            type=FindingType.RELIABILITY,
        ),
        "told-twice": OutcomeClass(
            title="A listener is told of one cancellation more than once",
            severity=Severity.MEDIUM,
            why="what it closes is closed twice",
            type=FindingType.RELIABILITY,
        ),
        "never-told": OutcomeClass(
            title="A listener is never told of the cancellation",
            severity=Severity.HIGH,
            why="it goes on working for nobody",
            type=FindingType.RELIABILITY,
        ),
        "told-too-early": OutcomeClass(
            title="A listener is told of a cancellation that nobody asked for",
            severity=Severity.HIGH,
            why="work is broken off without a reason",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
