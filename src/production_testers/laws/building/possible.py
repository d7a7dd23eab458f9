"""A builder refuses exactly what cannot run, and loses no stage."""

from collections.abc import Mapping, Sequence
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
from production_testers.units.builder import is_possible

_Stages = Sequence[Mapping[str, Any]]


def check(observation: Observation) -> Verdict:
    """Judge every call."""
    judgement = Judgement()
    for line in calls_of(observation):
        if line.ended is None or line.outcome == "refused":
            continue
        arguments: Mapping[str, Any] = line.call.arguments
        if line.call.operation == "build":
            _build(line, arguments["stages"], judgement)
        else:
            first, second = arguments["first"], arguments["second"]
            both = [*first, *(stage for stage in second if stage not in first)]
            if line.call.operation == "compose":
                _possible(line, both, judgement)
            else:
                _branches(line, first, both, judgement)
    return judgement.verdict()


def _build(line: CallLine, stages: _Stages, judgement: Judgement) -> None:
    names = [stage["name"] for stage in stages]
    known = {stage["name"] for stage in stages}
    if is_possible(stages):
        _possible(line, stages, judgement)
    elif len(known) < len(names):
        judgement.judge(
            line.outcome == "raised",
            "name-used-twice",
            lambda: f"call {line.key} names two stages alike, and it {line.in_words()}",
            run=line.key,
        )
    elif any(not set(stage["after"]) <= known for stage in stages):
        judgement.judge(
            line.outcome == "raised",
            "unknown-dependency",
            lambda: f"call {line.key} has a stage after an unknown one, and it {line.in_words()}",
            run=line.key,
        )
    else:
        judgement.judge(
            line.outcome == "raised",
            "loop-accepted",
            lambda: f"the stages of call {line.key} wait for each other, and it {line.in_words()}",
            run=line.key,
        )
    if line.outcome == "raised":
        judgement.judge(
            line.error == "impossible",
            "refused-wrongly",
            lambda: f"call {line.key} {line.in_words()}, which is not how a pipeline is refused",
            run=line.key,
        )


def _possible(line: CallLine, stages: _Stages, judgement: Judgement) -> None:
    judgement.judge(
        line.outcome == "returned",
        "refused-wrongly",
        lambda: f"{len(stages)} stages that can run in order: call {line.key} {line.in_words()}",
        run=line.key,
    )
    value: Any = line.value
    if line.outcome != "returned" or isinstance(value, Mapping):
        return  # a long order is known by its digest alone
    place = {name: index for index, name in enumerate(value)}
    right = sorted(value) == sorted(stage["name"] for stage in stages) and all(
        place[before] < place[stage["name"]] for stage in stages for before in stage["after"]
    )
    judgement.judge(
        right,
        "wrong-order",
        lambda: f"the order that call {line.key} gave is none of its stages: {line.in_words()}",
        run=line.key,
    )


def _branches(line: CallLine, first: _Stages, both: _Stages, judgement: Judgement) -> None:
    names = {stage["name"] for stage in first}
    due = {
        "first": sorted(names),
        "second": sorted(stage["name"] for stage in both),
        "third": sorted({*names, "other"}),
    }
    value: Any = line.value if line.outcome == "returned" else {}
    judgement.judge(
        {name: sorted(own) for name, own in value.items()} == due,
        "branches-mixed",
        lambda: f"two pipelines go on from one in call {line.key}, and it {line.in_words()}",
        run=line.key,
    )


LAW = Law(
    id="building/possible",
    statement="A builder refuses loops, unknown dependencies and names used twice before anything"
    " runs, and nothing else; it keeps every stage, and a pipeline that others go on from stays"
    " as it is.",
    category=Category.CORRECTNESS,
    capability=Capability.BUILDER,
    units=frozenset({"builder"}),
    classes={
        "name-used-twice": OutcomeClass(
            title="A builder takes a second stage of the same name, and the first is gone",
            severity=Severity.MEDIUM,
            why="a stage that was registered never runs, and nobody is told",
        ),
        "unknown-dependency": OutcomeClass(
            title="A builder takes a stage that waits for one that does not exist",
            severity=Severity.HIGH,
            why="the pipeline fails when it runs, after part of its work is done",
        ),
        "loop-accepted": OutcomeClass(
            title="A builder takes stages that wait for each other",
            severity=Severity.HIGH,
            why="the pipeline can never run",
        ),
        "refused-wrongly": OutcomeClass(
            title="A builder refuses what can run, or with an error that is none of its own",
            severity=Severity.MEDIUM,
            why="a right pipeline cannot be built, or callers do not recognise the refusal",
        ),
        "wrong-order": OutcomeClass(
            title="The order that a builder gives is none of its stages' dependencies",
            severity=Severity.HIGH,
            why="a stage comes before what it waits for, or is lost",
            type=FindingType.BUG,
        ),
        "branches-mixed": OutcomeClass(
            title="Going on from a pipeline changes it, or another that goes on from it",
            severity=Severity.HIGH,
            why="variants of a service get each other's stages",
        ),
    },
    check=check,
)
