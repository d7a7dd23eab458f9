"""A value bag keeps what was written first, whoever writes at the same time."""

from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.sequential import judge_answers
from production_testers.laws.usage import CallLine, ConflictError, calls_of
from production_testers.model.canonical import Json, canonical_json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge all calls against one dictionary."""
    judgement = Judgement()
    judge_answers(judgement, calls_of(observation), {}, _apply, "wrong-answer", "")
    return judgement.verdict()


def _apply(state: Any, line: CallLine) -> Json:
    """The state is key → value and writer."""
    key, value = line.call.arguments.get("key"), line.value
    if line.call.operation == "write":
        taken = key in state
        if line.ended and line.outcome != ("raised" if taken else "returned"):
            raise ConflictError
        if line.ended and taken and line.error != "taken":
            raise ConflictError
        mine: list[Json] = [line.call.arguments["value"], line.call.arguments["stage"]]
        return dict(state) if taken else dict(state) | {str(key): mine}
    if line.call.operation == "names":
        expected: Json = sorted(state)
        value = sorted(value) if isinstance(value, list | tuple) else value
    else:
        kept, writer = state.get(key, (None, None))
        expected = kept if line.call.operation == "read" else writer
    right = line.outcome == "returned" and canonical_json(value) == canonical_json(expected)
    if line.ended and not right:
        raise ConflictError
    known: Json = state
    return known


LAW = Law(
    id="bags/values",
    statement="A bag gives for each key what was written first, and refuses every other writer.",
    category=Category.CORRECTNESS,
    capability=Capability.VALUE_BAG,
    units=frozenset({"value_bag"}),
    classes={
        "wrong-answer": OutcomeClass(
            title="A value bag's answer does not follow from what was written",
            severity=Severity.HIGH,
            why="parallel stages overwrite each other, which the bag is there to prevent",
        ),
    },
    check=check,
)
