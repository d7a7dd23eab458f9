"""A lazy registry loads once, and knows what it was given."""

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
from production_testers.units.lazy_registry import LOAD, UNKNOWN


def check(observation: Observation) -> Verdict:
    """Judge the answers together, and every execution of what loads."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    loaded: Any = usage.settings["loaded"]
    lines = calls_of(observation)
    judge_answers(judgement, lines, sorted(loaded), _known, "answer-wrong", "these names are known")
    loads = [
        event
        for event in observation.history
        if event.kind is EventKind.STAGE_STARTED and event.stage == LOAD
    ]
    asking = [line for line in lines if line.started and line.call.operation != "register"]
    judgement.judge(
        len(loads) <= 1,
        "loaded-again",
        lambda: f"{len(asking)} calls asked for something, and all was loaded {len(loads)} times",
        *(event.seq for event in loads[1:2]),
        run=loads[1].run if len(loads) > 1 else "",
    )
    first = min((line.started.seq for line in asking if line.started), default=None)
    for event in loads[:1]:
        judgement.judge(
            first is not None and event.seq > first,
            "loaded-early",
            lambda event=event: (  # type: ignore[misc]
                f"nobody had asked for anything, and call {event.run or 'of nobody'} loaded all"
            ),
            event.seq,
            run=event.run,
        )
    return judgement.verdict()


def _known(names: Any, line: CallLine) -> Json:
    """The names after the call."""
    operation, name = line.call.operation, line.call.arguments.get("name")
    if operation == "register":
        return sorted([*names, name])
    wanted: Any = {"names": names, "has": name in names, "get": name}[operation]
    if operation == "get" and name not in names:
        fits = line.outcome == "raised" and line.error == UNKNOWN
    else:
        fits = line.outcome == "returned" and line.value == wanted
    if line.outcome in ("returned", "raised") and not fits:
        raise ConflictError
    return names  # type: ignore[no-any-return]


LAW = Law(
    id="lazy/registry",
    statement="A lazy registry executes what loads it once, and not before something is asked for;"
    " it gives what has a name, says so where nothing has, and lists every name.",
    category=Category.CORRECTNESS,
    capability=Capability.LAZY_REGISTRY,
    units=frozenset({"lazy_registry"}),
    classes={
        "answer-wrong": OutcomeClass(
            title="A registry gives or lists other things than it was given",
            severity=Severity.HIGH,
            why="callers execute something else than they asked for, or nothing",
        ),
        "loaded-again": OutcomeClass(
            title="What is to be loaded once is loaded at every access",
            severity=Severity.MEDIUM,
            why="everything is made anew for each request: state that things keep is lost, and"
            " time with it",
            type=FindingType.PERFORMANCE,
        ),
        "loaded-early": OutcomeClass(
            title="All is loaded before anything is asked for",
            severity=Severity.LOW,
            why="imports that need each other fail, which the laziness is there for",
        ),
    },
    check=check,
)
