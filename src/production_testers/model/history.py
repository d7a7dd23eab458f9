"""The history: the ordered record of what happened, written by our own instrumentation.

Format `ptest.history/2`: one JSON object a line; the first line is the header. Readers refuse
other versions and unknown event kinds. Nothing in an event depends on memory addresses, the
wall clock or random ids, so equal executions have equal bytes.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from production_testers.model.canonical import Json, canonical_json, digest
from production_testers.model.errors import InvalidDocumentError

FORMAT = "ptest.history/2"


class EventKind(StrEnum):
    """Everything that can stand in a history."""

    RUN_STARTED = "run_started"
    RUN_CANCELLED = "run_cancelled"  # by its caller
    RUN_ENDED = "run_ended"
    STAGE_STARTED = "stage_started"
    STAGE_ENDED = "stage_ended"
    STAGE_RAISED = "stage_raised"
    STAGE_STOPPED = "stage_stopped"  # cancelled from outside while it ran
    FAULT_FIRED = "fault_fired"
    SERVICE_CALLED = "service_called"
    SERVICE_RETURNED = "service_returned"
    EMITTED = "emitted"  # an event of the framework's own
    LOGGED = "logged"  # a log record of the framework's own
    REDACTED = "redacted"  # the framework's redaction was asked to hide something
    DEADLOCK = "deadlock"
    LIMIT_REACHED = "limit_reached"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        seq: Position in the history, from 0.
        time_ns: Virtual (simulated) or monotonic (real) time since the start, nanoseconds.
        kind: What happened.
        run: The run it belongs to, by the key that stands in the input the framework handed over.
        stage: The stage, where there is one.
        attempt: Which execution of that stage in that run, from 1.
        value: What is worth keeping, bounded.
        cause: Position of the event that led to this one, as far as our instruments can tell: what
            started the thing that ended, or the last thing that a start had to wait for.
    """

    seq: int
    time_ns: int
    kind: EventKind
    run: str = ""
    stage: str = ""
    attempt: int = 0
    value: Mapping[str, Json] = field(default_factory=dict)
    cause: int | None = None

    def as_json(self) -> dict[str, Json]:
        """The event as it stands in a file."""
        return {
            "seq": self.seq,
            "time_ns": self.time_ns,
            "kind": self.kind.value,
            "run": self.run,
            "stage": self.stage,
            "attempt": self.attempt,
            "value": dict(self.value),
            "cause": self.cause,
        }


@dataclass(frozen=True, slots=True)
class History:
    """An ordered record of events."""

    events: tuple[Event, ...] = ()

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    def of(self, *kinds: EventKind, run: str | None = None) -> Iterator[Event]:
        """The events of these kinds, of one run or of all, in order."""
        for event in self.events:
            if event.kind in kinds and (run is None or event.run == run):
                yield event

    def digest(self) -> str:
        """Equal for equal histories, whatever the process or machine."""
        return digest([event.as_json() for event in self.events])

    def dump(self) -> str:
        """The history as a file's text."""
        lines = [canonical_json({"format": FORMAT, "events": len(self.events)})]
        lines += [canonical_json(event.as_json()) for event in self.events]
        return "\n".join(lines) + "\n"

    @classmethod
    def load(cls, text: str, *, path: str = "history") -> "History":
        """Read what `dump` wrote.

        Raises:
            InvalidDocumentError: Another format, an unknown kind, or a line that is no event.
        """
        lines = text.splitlines()
        try:
            header = json.loads(lines[0])
            if header.get("format") != FORMAT:
                raise InvalidDocumentError(
                    path, (f"format: {header.get('format')!r} is not {FORMAT!r}",)
                )
            events = tuple(_event(json.loads(line)) for line in lines[1:])
            if header["events"] != len(events):
                stated = header["events"]
                raise InvalidDocumentError(path, (f"{len(events)} of {stated} events: cut off",))
            return cls(events)
        except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
            raise InvalidDocumentError(path, (f"not a history: {error}",)) from error


_MEMBERS = ("seq", "time_ns", "run", "stage", "attempt", "value", "cause")


def _event(raw: Mapping[str, Json]) -> Event:
    known = {key: raw[key] for key in _MEMBERS}
    return Event(kind=EventKind(raw["kind"]), **known)  # type: ignore[arg-type]
