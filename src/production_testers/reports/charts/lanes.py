"""A history as lanes: a run, then each of its stages, with what was executed and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from production_testers.laws.timeline import ENDS, status_of, text
from production_testers.model.history import Event, EventKind, History

LANES_MAX = 30
_OF_RUNS = {EventKind.RUN_STARTED, EventKind.RUN_CANCELLED, EventKind.RUN_ENDED}
NS_PER_MS = 1e6


class Ending(StrEnum):
    """How a bar ended, as the legend says it."""

    WELL = "ended well"
    FAILED = "failed"
    STOPPED = "cancelled or stopped"
    OTHERWISE = "ended with another status"
    NEVER = "never ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One execution of a stage, or one run.

    Attributes:
        start: Its first event.
        end: Its last event; None where there is none.
    """

    start: Event
    end: Event | None

    @property
    def words(self) -> str:
        """How it ended."""
        if self.end is None:
            return "never ended"
        if self.end.kind is EventKind.RUN_ENDED:
            return text(self.end, "outcome").replace(":", ": ")
        return _STATUS.get(status_of(self.end), status_of(self.end))

    @property
    def ending(self) -> Ending:
        """How it ended, for its colour."""
        said = self.words.partition(":")[0]
        return Ending.NEVER if self.end is None else _ENDINGS.get(said, Ending.OTHERWISE)


_STATUS = {"raised": "raised", "stopped": "stopped from outside"}
_ENDINGS = {
    **dict.fromkeys(("ok", "completed"), Ending.WELL),
    **dict.fromkeys(("raised", "fail", "failed"), Ending.FAILED),
    **dict.fromkeys(("stopped from outside", "cancel", "cancelled"), Ending.STOPPED),
}


@dataclass(slots=True, kw_only=True)
class Lane:
    """One line of the picture.

    Attributes:
        run: The run's key.
        stage: The stage; empty for the run itself.
        bars: What was executed, in order.
        faults: Faults that fired in it.
        calls: Calls of services, each with its return.
        cancelled: Cancellations of the run by its caller.
        pointed: Events that show the break.
    """

    run: str
    stage: str = ""
    bars: list[Bar] = field(default_factory=list)
    faults: list[Event] = field(default_factory=list)
    calls: list[tuple[Event, Event]] = field(default_factory=list)
    cancelled: list[Event] = field(default_factory=list)
    pointed: list[Event] = field(default_factory=list)

    @property
    def words(self) -> str:
        """How everything in it ended."""
        ends = [bar.words for bar in self.bars] or ["never started"]
        if len(ends) > 3:
            ends = [*ends[:2], "…", ends[-1]]
        names = dict.fromkeys(text(fault, "fault") for fault in self.faults)
        told = f" (fault: {', '.join(names)})" if names else ""
        return ", ".join(ends) + told

    @property
    def is_eventful(self) -> bool:
        """Whether it must be seen to understand the break."""
        return bool(self.pointed or self.faults or self.cancelled)


def lanes(scenario: Mapping[str, Any], history: History, pointed: Sequence[int]) -> list[Lane]:
    """Every run and every stage that the scenario has, then those that only the history knows.

    Args:
        scenario: As an exhibit holds it.
        history: What happened.
        pointed: Positions of the events that show the break.
    """
    found: dict[tuple[str, str], Lane] = {}
    for request in scenario["requests"]:
        for stage in ("", *(stage["name"] for stage in scenario["pipeline"]["stages"])):
            found[request["key"], stage] = Lane(run=request["key"], stage=stage)
    ends = _ends(history)
    for event in history:
        if event.run:
            key = _lane_of(event)
            lane = found.setdefault(key, Lane(run=key[0], stage=key[1]))
            _place(lane, event, history, ends)
            if event.seq in pointed:
                lane.pointed.append(event)
    order = {run: place for place, run in enumerate(dict.fromkeys(run for run, _ in found))}
    return sorted(found.values(), key=lambda lane: (order[lane.run], bool(lane.stage)))


def chosen(every: Sequence[Lane]) -> list[Lane]:
    """At most `LANES_MAX`: the eventful ones first, in the order in which they stood."""
    if len(every) <= LANES_MAX:
        return list(every)
    eventful = {lane.run for lane in every if lane.is_eventful}
    ranked = sorted(
        range(len(every)),
        key=lambda place: (
            not every[place].is_eventful,
            every[place].run not in eventful,
            bool(every[place].stage),
            place,
        ),
    )
    return [every[place] for place in sorted(ranked[:LANES_MAX])]


def _lane_of(event: Event) -> tuple[str, str]:
    """A nested run's start names the stage that it is, and is no execution of a stage."""
    return event.run, "" if event.kind in _OF_RUNS else event.stage


def _execution(event: Event) -> tuple[str, str, int]:
    return *_lane_of(event), 0 if event.kind in _OF_RUNS else event.attempt


def _ends(history: History) -> dict[tuple[str, str, int], Event]:
    """The first end of every execution and of every run."""
    found: dict[tuple[str, str, int], Event] = {}
    for event in history.of(EventKind.RUN_ENDED, *ENDS):
        found.setdefault(_execution(event), event)
    return found


def _place(
    lane: Lane, event: Event, history: History, ends: Mapping[tuple[str, str, int], Event]
) -> None:
    if event.kind in {EventKind.RUN_STARTED, EventKind.STAGE_STARTED}:
        lane.bars.append(Bar(start=event, end=ends.get(_execution(event))))
    elif event.kind is EventKind.FAULT_FIRED:
        lane.faults.append(event)
    elif event.kind is EventKind.RUN_CANCELLED:
        lane.cancelled.append(event)
    elif event.kind is EventKind.SERVICE_RETURNED and event.cause is not None:
        lane.calls.append((history.events[event.cause], event))
