"""A stage finds what its dependencies gave, and its default where they gave nothing."""

from typing import Any

from production_testers.laws.law import (
    Category,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.canonical import Json, canonical_json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.stage_inputs import DEFAULT, MISSING, UNDECLARED


def check(observation: Observation) -> Verdict:
    """Judge every call by itself: nothing changes what was given."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    declared: Any = usage.settings["declared"]
    given: Any = usage.settings["given"]
    for line in calls_of(observation):
        if line.outcome not in ("returned", "raised"):
            continue
        stage = line.call.arguments.get("stage")
        if stage is not None and stage not in declared:
            judgement.judge(
                line.error == UNDECLARED,
                "undeclared-passes",
                lambda line=line, stage=stage: (  # type: ignore[misc]
                    f"{stage} is none of the declared dependencies {declared or '(none)'}, and"
                    f" call {line.key} of {line.call.operation} {line.in_words()}"
                ),
                run=line.key,
            )
        else:
            _answered(line, {name: given[name] for name in declared if name in given}, judgement)
    return judgement.verdict()


def _answered(line: CallLine, given: Any, judgement: Judgement) -> None:
    operation = line.call.operation
    stage, key = line.call.arguments.get("stage"), line.call.arguments.get("key")
    found: list[Json]
    if operation == "has":
        found = [stage in given]
    elif stage is None:
        found = [own[key] for own in given.values() if key in own]
    else:
        found = [given[stage][key]] if key in given.get(stage, {}) else []
    if isinstance(line.value, dict) and "digest" in line.value:
        return  # too long to stand in the history
    if found:
        answer = canonical_json(line.value)
        fits = line.outcome == "returned" and answer in map(canonical_json, found)
        judgement.judge(fits, "value-lost", lambda: _words(line, found), run=line.key)
        if fits and len(found) > 1:
            first = answer == canonical_json(found[0])
            judgement.judge(first, "other-found", lambda: _words(line, found), run=line.key)
    elif operation == "require_from":
        fits = line.outcome == "raised" and line.error == MISSING
        judgement.judge(fits, "missing-passes", lambda: _words(line, found), run=line.key)
    else:
        fits = line.outcome == "returned" and line.value == DEFAULT
        judgement.judge(fits, "default-lost", lambda: _words(line, found), run=line.key)


def _words(line: CallLine, found: list[Json]) -> str:
    asked = ", ".join(f"{name} {value!r}" for name, value in line.call.arguments.items())
    there = " or ".join(f"{value!r}"[:80] for value in found) or "nothing"
    return (
        f"{there} was there, and call {line.key} of {line.call.operation} ({asked})"
        f" {line.in_words()}"
    )


LAW = Law(
    id="inputs/look-ups",
    statement="A stage that asks for what its dependencies gave is given it, whatever it is, and"
    " of several what the first of them gave; where they gave nothing it gets its default, or an"
    " error where it required something; and a stage that it did not declare is refused.",
    category=Category.CORRECTNESS,
    capability=Capability.STAGE_INPUTS,
    units=frozenset({"stage_inputs"}),
    classes={
        "value-lost": OutcomeClass(
            title="A stage does not get what its dependency gave",
            severity=Severity.HIGH,
            why="it works with a default, or not at all, although the value is there",
        ),
        "other-found": OutcomeClass(
            title="Of several dependencies that gave a value, not the first one's is found",
            severity=Severity.MEDIUM,
            why="a later stage replaces what an earlier one said, though nobody asked it to",
        ),
        "default-lost": OutcomeClass(
            title="A stage whose dependency gave nothing does not get its default",
            severity=Severity.MEDIUM,
            why="what was meant to be optional fails, or is something else than was stated",
        ),
        "missing-passes": OutcomeClass(
            title="What a stage requires was not given, and it is not told so",
            severity=Severity.HIGH,
            why="the stage goes on without what it cannot work without",
        ),
        "undeclared-passes": OutcomeClass(
            title="A stage that asks for a stage it did not declare is not refused",
            severity=Severity.LOW,
            why="a missing dependency looks like one that gave nothing, and whether it is there"
            " depends on timing",
        ),
    },
    check=check,
)
