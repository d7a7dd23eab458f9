"""The difference of two documents, applied to the first, gives the second."""

from collections.abc import Mapping

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.canonical import Json, digest
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every pair of documents."""
    judgement = Judgement()
    for line in calls_of(observation, "rebuild"):
        if line.outcome == "returned" and isinstance(line.value, dict) and "made" in line.value:
            _rebuilt(line, line.value, judgement)
    return judgement.verdict()


def _rebuilt(line: CallLine, answer: Mapping[str, Json], judgement: Judgement) -> None:
    base, current = line.call.arguments["base"], line.call.arguments["current"]
    judgement.judge(
        digest(answer["made"]) == digest(current),
        "other-type" if answer["made"] == current else "not-rebuilt",
        lambda: f"call {line.key} made {answer['made']} of {base}, and it was to be {current}"[
            :300
        ],
        run=line.key,
    )
    judgement.judge(
        digest(answer["base"]) == digest(base),
        "base-changed",
        lambda: f"call {line.key} left {answer['base']} of what was {base}"[:300],
        run=line.key,
    )
    told = answer.get("names")
    if isinstance(told, list) and isinstance(base, Mapping) and isinstance(current, Mapping):
        same = [
            name
            for name in told
            if name in base and name in current and digest(base[name]) == digest(current[name])
        ]
        judgement.judge(
            not same,
            "tells-unchanged",
            lambda: f"call {line.key} speaks of {same}, which did not change",
            run=line.key,
        )


LAW = Law(
    id="values/delta",
    statement="The difference of two documents, applied to the first, gives the second, speaks of"
    " nothing that did not change, and leaves the first as it was.",
    category=Category.CORRECTNESS,
    capability=Capability.DELTA,
    units=frozenset({"delta"}),
    classes={
        "not-rebuilt": OutcomeClass(
            title="A document that is rebuilt from a difference is not the one that was meant",
            severity=Severity.HIGH,
            why="what was stored is not what is read",
        ),
        "other-type": OutcomeClass(
            title="A value that changes its type, such as true for 1, is not told as a difference",
            severity=Severity.LOW,
            why="true and 1 are equal in Python and different in JSON and in databases; which of"
            " the two is meant is not promised",
            type=FindingType.IMPROVEMENT,
        ),
        "base-changed": OutcomeClass(
            title="Applying a difference changes the document that it is applied to",
            severity=Severity.MEDIUM,
            why="the next difference starts from something else",
        ),
        "tells-unchanged": OutcomeClass(
            title="A difference holds what did not change",
            severity=Severity.LOW,
            why="it is larger than it need be, which is what it is there for",
        ),
    },
    check=check,
)
