"""Every event of the framework names the run that it belongs to."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.observability import speakers
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every event that the framework emitted while it worked for a run.

    What a task says that serves several runs, a worker that the first one has started, belongs to
    none of them: the run that it was started for is not known to be the one that it works for.
    """
    judgement = Judgement()
    shared = speakers.shared(observation)
    for event in observation.history.of(EventKind.EMITTED):
        named = event.value.get("runs")
        if not event.run or not isinstance(named, list) or event.value.get("task") in shared:
            continue
        judgement.judge(
            event.run in named,
            "other-run-named" if named else "no-run-named",
            lambda: (
                f"event {event.value.get('name')!r} of run {event.run} names"
                f" {', '.join(map(str, named)) or 'no run'}"
            ),
            event.seq,
        )
    return judgement.verdict()


LAW = Law(
    id="observability/events-correlated",
    statement="Every event that the framework emits while it works for a run holds that run's"
    " request id.",
    category=Category.OBSERVABILITY,
    capability=Capability.EVENTS,
    classes={
        "no-run-named": OutcomeClass(
            title="Events do not say which request they belong to",
            severity=Severity.MEDIUM,
            why="an incident cannot be followed from its request to its events",
        ),
        "other-run-named": OutcomeClass(
            title="Events name another request than the one that they belong to",
            severity=Severity.HIGH,
            why="an incident is looked for in the wrong request",
        ),
    },
    check=check,
)
