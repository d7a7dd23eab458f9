"""Conflicts are seen, and resolved as was agreed, alike every time."""

from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.canonical import canonical_json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every answer, and those to the same question together."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    settings: Any = usage.settings
    answers: dict[str, CallLine] = {}
    for line in calls_of(observation):
        if line.outcome != "returned" or not isinstance(line.value, dict):
            continue
        if "conflict" not in line.value:
            continue  # too long to stand in a history
        _answer(line, settings, judgement)
        first = answers.setdefault(canonical_json(dict(line.call.arguments)), line)
        judgement.judge(
            first.digest == line.digest,
            "answers-differ",
            lambda line=line, first=first: (  # type: ignore[misc]
                f"calls {first.key} and {line.key} ask the same, {first.in_words()} and"
                f" {line.in_words()}"
            ),
            run=line.key,
        )
    return judgement.verdict()


def _answer(line: CallLine, settings: Any, judgement: Judgement) -> None:
    told: Any = line.value
    arguments: Any = line.call.arguments
    old, new = arguments["old"], arguments["new"]
    differ = old is not None and old != new
    judgement.judge(
        told["conflict"] == differ,
        "conflict-missed" if differ else "conflict-invented",
        lambda: f"call {line.key} of {old!r} and {new!r} {line.in_words()}"[:300],
        run=line.key,
    )
    judgement.judge(
        not told["changed"],
        "values-changed",
        lambda: f"call {line.key} changed the values that it was given",
        run=line.key,
    )
    if not differ or not told["conflict"]:
        return
    way = settings["fields"].get(arguments["field"], settings["way"])
    value = told["value"]
    chosen = {"keep_old": old, "keep_new": new, "error": None}
    if way in chosen:
        judgement.judge(
            value == chosen[way],
            "other-way",
            lambda: f"call {line.key}: {way} of {old!r} and {new!r} gave {value!r}"[:300],
            run=line.key,
        )
        return
    judgement.judge(
        _holds_both(old, new, value),
        "merge-loses",
        lambda: f"call {line.key}: {old!r} and {new!r} were put together as {value!r}"[:300],
        run=line.key,
    )


def _holds_both(old: Any, new: Any, value: Any) -> bool:
    """Whether a merged value has all of both, or the new one where nothing can be put together."""
    if isinstance(old, list) and isinstance(new, list):
        return isinstance(value, list) and all(one in value for one in (*old, *new))
    if isinstance(old, dict) and isinstance(new, dict):
        if not isinstance(value, dict) or set(value) != {*old, *new}:
            return False
        single = {**old, **new}
        return all(
            _holds_both(old[name], new[name], value[name])
            if name in old and name in new
            else value[name] == single[name]
            for name in value
        )
    if isinstance(old, str) and isinstance(new, str):
        return isinstance(value, str) and old in value and new in value
    return bool(value == new)


LAW = Law(
    id="conflicts/resolved",
    statement="Two values of a field that differ are a conflict; it is resolved by the way set for"
    " the field; what is put together holds both; and the same question has the same answer.",
    category=Category.CORRECTNESS,
    capability=Capability.CONFLICTS,
    units=frozenset({"conflicts"}),
    classes={
        "conflict-missed": OutcomeClass(
            title="Two values that differ are no conflict",
            severity=Severity.HIGH,
            why="one source overwrites the other, and nobody is told",
        ),
        "conflict-invented": OutcomeClass(
            title="Values that do not differ are a conflict",
            severity=Severity.LOW,
            why="alarms ring for nothing",
        ),
        "other-way": OutcomeClass(
            title="A conflict is resolved in another way than the one that is set",
            severity=Severity.HIGH,
            why="the wrong source wins",
        ),
        "merge-loses": OutcomeClass(
            title="Putting two values together loses a part of one",
            severity=Severity.HIGH,
            why="what a source said is gone, and nobody is told",
        ),
        "values-changed": OutcomeClass(
            title="The values that are compared are changed",
            severity=Severity.MEDIUM,
            why="whoever gave them goes on with something else",
        ),
        "answers-differ": OutcomeClass(
            title="One question has two answers",
            severity=Severity.MEDIUM,
            why="which source wins depends on chance",
        ),
    },
    check=check,
)
