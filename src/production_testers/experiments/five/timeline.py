"""The runs of an execution as an experiment looks at them: when they came, and how they ended."""

from dataclasses import dataclass

from production_testers.model.history import EventKind, History


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run.

    Attributes:
        key: The request's.
        start_ms: When it started.
        took_ms: How long it took; None where it never ended.
        outcome: How it ended; empty where it never did.
    """

    key: str
    start_ms: float
    took_ms: float | None
    outcome: str

    @property
    def completed(self) -> bool:
        """Whether it gave its caller what he asked for."""
        return self.outcome == "completed"


def runs_of(history: History) -> list[Run]:
    """The runs of a history in the order of their starts, without nested ones."""
    started = {e.run: e for e in history.of(EventKind.RUN_STARTED) if "parent" not in e.value}
    ended = {event.run: event for event in history.of(EventKind.RUN_ENDED)}
    found = []
    for key, start in started.items():
        end = ended.get(key)
        found.append(
            Run(
                key=key,
                start_ms=start.time_ns / 1e6,
                took_ms=None if end is None else (end.time_ns - start.time_ns) / 1e6,
                outcome="" if end is None else str(end.value.get("outcome", "")),
            )
        )
    return found


def times_ms(runs: list[Run]) -> list[float]:
    """How long the completed ones took."""
    return [run.took_ms for run in runs if run.completed and run.took_ms is not None]
