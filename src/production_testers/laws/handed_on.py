"""The caller's own code that a unit calls in the background, whoever's call started it."""

from production_testers.laws.usage import WORK_ENDS, WorkLine
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation


def handed_on(observation: Observation, label: str) -> list[WorkLine]:
    """Every execution of a label, in the order of their starts."""
    lines: dict[tuple[str, int], WorkLine] = {}
    for event in observation.history:
        if event.stage != label:
            continue
        if event.kind is EventKind.STAGE_STARTED:
            lines[event.run, event.attempt] = WorkLine(label, event.attempt, event)
        elif event.kind in WORK_ENDS:
            lines[event.run, event.attempt].ended = event
    return list(lines.values())
