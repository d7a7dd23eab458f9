"""A result bag keeps one result a name and counts its attempts, whoever writes at the same time."""

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
    judge_answers(judgement, calls_of(observation), [], _apply, "wrong-answer", "")
    return judgement.verdict()


def _apply(state: Any, line: CallLine) -> Json:
    """The state is a list of name, value and attempt, first written first."""
    operation, arguments = line.call.operation, line.call.arguments
    place = next((i for i, (name, _, _) in enumerate(state) if name == arguments.get("name")), None)
    if operation == "write":
        refused = place is not None and not arguments["again"]
        attempt = 1 if place is None else state[place][2] + 1
        _expect(line, None if refused else attempt, error="taken" if refused else "")
        if refused:
            return list(state)
        entry = [arguments["name"], arguments["value"], attempt]
        return [*state, entry] if place is None else [*state[:place], entry, *state[place + 1 :]]
    if operation == "read":
        found = None if place is None else {"value": state[place][1], "attempt": state[place][2]}
        _expect(line, found)
    else:
        _expect(line, [name for name, _, n in state if operation == "names" or n > 1])
    return list(state)


def _expect(line: CallLine, value: Json, error: str = "") -> None:
    if line.outcome == "raised":
        right = error != "" and line.error == error
    else:
        right = not error and canonical_json(line.value) == canonical_json(value)
    if line.ended is not None and not right:
        raise ConflictError


LAW = Law(
    id="bags/results",
    statement="A bag gives for each name the last result that was written and accepted, with the"
    " number of its attempt; it refuses a second one that nobody asked for.",
    category=Category.CORRECTNESS,
    capability=Capability.RESULT_BAG,
    units=frozenset({"result_bag"}),
    classes={
        "wrong-answer": OutcomeClass(
            title="A result bag's answer does not follow from what was written",
            severity=Severity.HIGH,
            why="a stage's result is lost or replaced without anybody knowing",
        ),
    },
    check=check,
)
