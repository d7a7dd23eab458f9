"""Collects the events of one execution, each with what led to it."""

from collections.abc import Callable, Iterable

from production_testers.model.canonical import Json
from production_testers.model.history import Event, EventKind, History


class Recorder:
    """Collects events; `now` gives seconds since the start."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self._events: list[Event] = []
        self.closed = False
        self._started: dict[tuple[str, str, int], int] = {}
        self._ended: dict[tuple[str, str], int] = {}

    def add(
        self,
        kind: EventKind,
        run: str = "",
        stage: str = "",
        attempt: int = 0,
        *,
        cause: int | None = None,
        **value: Json,
    ) -> int:
        """Append one event, unless the history is closed; gives its position.

        Args:
            kind: What happened.
            run: In which run.
            stage: In which stage.
            attempt: In which execution of that stage.
            cause: Position of what led to it; by default what started the run or the stage.
            value: What is worth keeping.
        """
        seq = len(self._events)
        if self.closed:
            return seq
        if cause is None:
            of_run = kind in _OF_RUNS
            cause = self._started.get((run, "", 0) if of_run else (run, stage, attempt))
        if kind is EventKind.RUN_STARTED:
            self._started[run, "", 0] = seq
        elif kind is EventKind.STAGE_STARTED:
            self._started[run, stage, attempt] = seq
        elif kind in _STAGE_ENDS:
            self._ended[run, stage] = seq
        time_ns = round(self.now() * 1e9)
        self._events.append(Event(seq, time_ns, kind, run, stage, attempt, value, cause))
        return seq

    def position(self, run: str, stage: str, attempt: int) -> int | None:
        """Where an execution of a stage started."""
        return self._started.get((run, stage, attempt))

    def awaited(self, run: str, stages: Iterable[str]) -> int | None:
        """Position of the last end among these stages of a run; of the run's start without one."""
        ends = [self._ended[run, stage] for stage in stages if (run, stage) in self._ended]
        return max(ends, default=self._started.get((run, "", 0)))

    def close(self) -> None:
        """What happens from now on is clean-up, not history."""
        self.closed = True

    def history(self) -> History:
        """What was recorded so far."""
        return History(tuple(self._events))


_OF_RUNS = frozenset({EventKind.RUN_STARTED, EventKind.RUN_CANCELLED, EventKind.RUN_ENDED})
_STAGE_ENDS = frozenset({EventKind.STAGE_ENDED, EventKind.STAGE_RAISED, EventKind.STAGE_STOPPED})
