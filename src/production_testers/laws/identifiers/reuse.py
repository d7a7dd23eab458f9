"""An identifier that is used again is noticed, and one that is new is not."""

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
from production_testers.laws.usage import CallLine, calls_of, ended_before
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.id_monitor import TOLD

MARGIN_MS = 1.0
"""So near to the end of the window either answer is right."""


def check(observation: Observation) -> Verdict:
    """Judge every identifier by those that came before it."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    lines = [line for line in calls_of(observation, "observe") if line.outcome == "returned"]
    lines.sort(key=lambda line: line.ended.seq if line.ended else 0)
    for index, line in enumerate(lines):
        others = lines[:index] + lines[index + 1 :]
        if all(ended_before(line, one) or ended_before(one, line) for one in others):
            _known(line, lines[:index], usage.settings, judgement)
        _told(line, judgement)
    return judgement.verdict()


def _known(
    line: CallLine, before: list[CallLine], settings: Mapping[str, Any], judgement: Judgement
) -> None:
    """The last use counts; where it is at the edge of what is remembered either answer is right."""
    own = line.call.arguments["id"]
    uses = [one for one in before if one.call.arguments["id"] == own]
    age_ms, between, others = float("inf"), len(before), len(before)
    if uses:
        last = max(uses, key=_start)
        age_ms = (_time_ns(line) - _time_ns(last)) / 1e6
        between = sum(1 for one in before if one is not last and not ended_before(one, last))
        later = [one for one in before if ended_before(last, one)]
        others = len({str(one.call.arguments["id"]) for one in later})
    window_ms, capacity = float(settings["window_ms"]), int(settings["capacity"])
    if age_ms < window_ms - MARGIN_MS and between < capacity - 1:
        judgement.judge(
            line.value is True,
            "reuse-missed",
            lambda: (
                f"call {line.key} {line.in_words()} of {own}, which was used {age_ms:g} ms before,"
                f" and the window is {window_ms:g} ms"
            ),
            run=line.key,
        )
    elif age_ms > window_ms + MARGIN_MS or others > capacity:
        judgement.judge(
            line.value is False,
            "new-taken-for-used",
            lambda: f"call {line.key} {line.in_words()} of {own}, which is not in the window",
            run=line.key,
        )


def _start(line: CallLine) -> int:
    return line.started.seq if line.started else 0


def _time_ns(line: CallLine) -> int:
    return line.started.time_ns if line.started else 0


def _told(line: CallLine, judgement: Judgement) -> None:
    told = [
        event.value.get("known")
        for event in line.events
        if event.kind is EventKind.EMITTED and event.value.get("name") == TOLD
    ]
    judgement.judge(
        told == [line.value],
        "told-otherwise",
        lambda: f"call {line.key} {line.in_words()}, and its listener was told {told}",
        run=line.key,
    )


LAW = Law(
    id="identifiers/reuse",
    statement="An identifier that was used within the window, and not too many ago, is known;"
    " another one is not; and listeners are told the same as callers.",
    category=Category.RELIABILITY,
    capability=Capability.ID_MONITOR,
    units=frozenset({"id_monitor"}),
    classes={
        "reuse-missed": OutcomeClass(
            title="An identifier that is used again within the window is not noticed",
            severity=Severity.MEDIUM,
            why="two runs share their logs and effects, which the monitor is there to tell",
            type=FindingType.RELIABILITY,
        ),
        "new-taken-for-used": OutcomeClass(
            title="An identifier that is new is taken for a used one",
            severity=Severity.MEDIUM,
            why="alarms ring for nothing, or good work is refused",
        ),
        "told-otherwise": OutcomeClass(
            title="Listeners are told something else than callers",
            severity=Severity.LOW,
            why="the record and the decision disagree",
        ),
    },
    check=check,
)
