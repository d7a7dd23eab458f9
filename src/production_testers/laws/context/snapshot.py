"""A snapshot comes back from JSON as it was, and nothing that is done with copies changes it."""

from collections.abc import Mapping
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
from production_testers.model.canonical import canonical_json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

TIMES = ("created", "messages")
EMPTY: tuple[Any, ...] = (None, [], {}, ())
VARIED = ("ids", "messages", "route", "profile", "memory", "documents", "web", "extension")


def check(observation: Observation) -> Verdict:
    """Judge every call."""
    judgement = Judgement()
    for line in calls_of(observation):
        if line.ended is None or line.outcome == "refused":
            continue
        arguments: Mapping[str, Any] = line.call.arguments
        if line.call.operation == "vary":
            _varied(line, arguments["snapshot"], arguments["new"], judgement)
        else:
            way = "not-as-written" if line.call.operation == "write_and_read" else "changed-by-copy"
            _same(line, arguments["snapshot"], line.value, way, judgement)
    return judgement.verdict()


def _same(line: CallLine, due: Any, value: Any, way: str, judgement: Judgement) -> None:
    if line.outcome != "returned":
        judgement.judge(
            False,  # noqa: FBT003 - it has failed
            way,
            lambda: f"call {line.key} of {line.call.operation} {line.in_words()}",
            run=line.key,
        )
        return
    if "digest" in value:
        return  # too long to be compared part by part
    other = [name for name in sorted({*due, *value}) if _differs(name, due, value)]
    judgement.judge(
        not other,
        way,
        lambda: (
            f"in call {line.key} the part {other[0]} was {_short(due.get(other[0]))}, and is"
            f" {_short(value.get(other[0]))}"
        ),
        run=line.key,
    )


def _differs(name: str, due: Any, value: Any) -> bool:
    """What is not there and what is empty are the same; a moment that was not given is any."""
    one, other = due.get(name), value.get(name)
    if name == "created" and one is None:
        return False
    if one in EMPTY and other in EMPTY:
        return False
    return canonical_json(one) != canonical_json(other)


def _varied(line: CallLine, snapshot: Any, new: Any, judgement: Judgement) -> None:
    value: Any = line.value if line.outcome == "returned" else {}
    if "digest" in value:
        return
    _same(line, snapshot, value.get("old"), "changed-by-copy", judgement)
    due = {name: part for name, part in snapshot.items() if name not in VARIED}
    due |= {name: part for name, part in new.items() if name in VARIED}
    _same(line, due, value.get("copy"), "wrong-copy", judgement)


def _short(value: Any) -> str:
    text = canonical_json(value)
    return text if len(text) <= 80 else f"{text[:80]}…"


LAW = Law(
    id="context/snapshot",
    statement="A snapshot that is written as JSON and read again has the same parts; changes of"
    " written data or of copies do not reach it; a copy has what was asked for and the rest.",
    category=Category.CORRECTNESS,
    capability=Capability.SNAPSHOT,
    units=frozenset({"snapshot"}),
    classes={
        "not-as-written": OutcomeClass(
            title="A snapshot is not the same after it was written as JSON and read",
            severity=Severity.HIGH,
            why="a run that is replayed from it does something else",
        ),
        "changed-by-copy": OutcomeClass(
            title="A snapshot changes when its written form or a copy is changed",
            severity=Severity.LOW,
            why="another stage's input changes under its hands; that what is inside an immutable"
            " snapshot is immutable, too, is not promised",
            type=FindingType.IMPROVEMENT,
        ),
        "wrong-copy": OutcomeClass(
            title="A copy of a snapshot does not have what was asked for and the rest as it was",
            severity=Severity.HIGH,
            why="a stage works with a part of another request",
        ),
    },
    check=check,
)
