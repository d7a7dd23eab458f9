"""Which faults a scenario plans, and which of them its history shows to have happened."""

from collections import Counter
from collections.abc import Iterator

from production_testers.experiments.using import SLOW_MS, work_of
from production_testers.model.history import Event, EventKind, History
from production_testers.model.scenario import Scenario
from production_testers.model.usage import Work

GIVES_UP = "caller-gives-up"
"""A caller cancels what it has started."""


def planned_faults(scenario: Scenario) -> int:
    """How many things a scenario lets go wrong: faults, rules of a plan, callers that give up.

    Of a usage, the executions of the caller's own code that it lets fail, hang or take a second
    and more.
    """
    calls = scenario.usage.calls if scenario.usage else ()
    patience = [request.cancel_after_ms for request in scenario.requests]
    patience += [call.cancel_after_ms for call in calls]
    works = [work for call in calls for of_label in call.works.values() for work in of_label]
    return (
        len(scenario.faults)
        + (len(scenario.plan.rules) if scenario.plan else 0)
        + sum(after_ms is not None for after_ms in patience)
        + sum(bool(_kind(work)) for work in works)
    )


def fired_faults(scenario: Scenario, history: History) -> Counter[str]:
    """Kind of fault → how often the history shows that it happened."""
    fired = Counter(_named(scenario, history))
    fired.update(GIVES_UP for _ in history.of(EventKind.RUN_CANCELLED))
    return fired


def _named(scenario: Scenario, history: History) -> Iterator[str]:
    told = set()
    for event in history.of(EventKind.FAULT_FIRED):
        told.add((event.run, event.stage, event.attempt))
        yield str(event.value.get("fault"))
    if scenario.usage is None:
        return
    for event in history.of(EventKind.STAGE_STARTED, EventKind.STAGE_RAISED):
        work = work_of(scenario.usage, event.run, event.stage, event.attempt)
        kind = _kind(work)
        # what raises has happened when it raised, what takes time when it began to
        due = EventKind.STAGE_RAISED if work.raises and not work.hangs else EventKind.STAGE_STARTED
        if kind and event.kind is due and _key(event) not in told:
            told.add(_key(event))
            yield kind


def _key(event: Event) -> tuple[str, str, int]:
    return event.run, event.stage, event.attempt


def _kind(work: Work) -> str:
    """What the caller's own code does wrong; empty where nothing."""
    if work.hangs:
        return "work-hangs"
    if work.raises:
        return f"work-raises-{work.raises}"
    if work.spoils:
        return work.spoils
    return "work-slow" if work.ms >= SLOW_MS else ""
