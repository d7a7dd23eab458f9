"""Nothing that is said for one run names another one."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.observability.speakers import faithful, shared
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

_WORDS = {
    EventKind.EMITTED: ("in-event", "event"),
    EventKind.LOGGED: ("in-log", "log record of"),
}


def check(observation: Observation) -> Verdict:
    """Judge every event and log record of a run, where there are other requests to be named."""
    judgement = Judgement()
    asked = {request.key: request.identity.request for request in observation.scenario.requests}
    if len(set(asked.values())) < 2:
        return judgement.verdict()
    servants = shared(observation) - faithful(observation)
    for event in observation.history.of(*_WORDS):
        named = event.value.get("runs")
        if event.run not in asked or not isinstance(named, list):
            continue
        if event.value.get("task") in servants:
            continue  # it works for several runs in turn, and says so
        outcome_class, words = _WORDS[event.kind]
        others = [run for run in map(str, named) if asked.get(run) != asked[event.run]]
        judgement.judge(
            not others,
            outcome_class,
            lambda: f"{words} {event.value.get('name')!r} of run {event.run} names {others[0]}",
            event.seq,
        )
    return judgement.verdict()


def _class(title: str) -> OutcomeClass:
    return OutcomeClass(
        title=title,
        severity=Severity.HIGH,
        why="what one customer's run did is shown to another, and incidents are mixed up",
        type=FindingType.SECURITY,
    )


LAW = Law(
    id="observability/no-foreign-ids",
    statement="No event and no log record that the framework makes while it works for a run holds"
    " the request id of another run.",
    category=Category.OBSERVABILITY,
    capability=Capability.EVENTS,
    classes={
        "in-event": _class("An event of a run holds the request id of another run"),
        "in-log": _class("A log record of a run holds the request id of another run"),
    },
    check=check,
    gives_way_to=("observability/events-correlated",),
)
