"""Nothing personal stands in what the framework says of its own accord."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.model.canonical import canonical_json
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

_PLACES = {
    EventKind.LOGGED: ("canaries", "in-log", "log record of"),
    EventKind.EMITTED: ("canaries", "in-event", "event"),
    EventKind.RUN_ENDED: ("told", "in-error", "error message of run"),
}


def check(observation: Observation) -> Verdict:
    """Judge logs, events and error messages of runs whose input holds a secret."""
    judgement = Judgement()
    given = canonical_json([dict(request.input) for request in observation.scenario.requests])
    if "CANARY-" not in given:
        return judgement.verdict()
    for event in observation.history.of(*_PLACES):
        member, outcome_class, words = _PLACES[event.kind]
        found = event.value.get(member)
        if isinstance(found, list):
            judgement.judge(
                not found,
                outcome_class,
                lambda: (
                    f"{words} {event.value.get('name') or event.run} holds {found[0]}, which"
                    " stands for personal data in the input"
                ),
                event.seq,
            )
    return judgement.verdict()


def _told(title: str) -> OutcomeClass:
    return OutcomeClass(
        title=title,
        severity=Severity.HIGH,
        why="personal data leaves the system by a way that nobody guards",
        type=FindingType.SECURITY,
    )


LAW = Law(
    id="privacy/nothing-personal-told",
    statement="What a run is given stands in no log record (from level INFO on), no event and no"
    " error message of the framework's own.",
    category=Category.SECURITY,
    capability=Capability.DAG,
    classes={
        "in-log": _told("The framework logs personal data from the input of a run"),
        "in-event": _told("The framework puts personal data from the input of a run into events"),
        "in-error": _told("An error message of the framework holds personal data from the input"),
    },
    check=check,
)
