"""Tasks that speak for several runs: what they say belongs to none of them."""

from production_testers.model.canonical import Json
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation


def shared(observation: Observation) -> set[Json]:
    """Tasks that have spoken for more than one run, or after the run that they were started for."""
    ended: set[str] = set()
    spoken: dict[Json, set[str]] = {}
    found: set[Json] = set()
    for event in observation.history.of(EventKind.EMITTED, EventKind.RUN_ENDED):
        if event.kind is EventKind.RUN_ENDED:
            ended.add(event.run)
            continue
        task, named = event.value.get("task"), event.value.get("runs")
        spoken.setdefault(task, set()).update(map(str, named) if isinstance(named, list) else ())
        if len(spoken[task]) > 1 or event.run in ended:
            found.add(task)
    return found


def faithful(observation: Observation) -> set[Json]:
    """Tasks whose every event that names a run names the one that they were started for."""
    own: dict[Json, bool] = {}
    for event in observation.history.of(EventKind.EMITTED):
        named, task = event.value.get("runs"), event.value.get("task")
        if isinstance(named, list) and named:
            own[task] = own.get(task, True) and event.run in named
    return {task for task, always in own.items() if always}
