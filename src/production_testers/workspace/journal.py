"""results/events.jsonl: what happened to a run, in order; the run's other files follow from it.

One canonical JSON object a line, each with `kind` and `time`. A line counts once it ends in a
newline; a process that dies while it writes leaves at most one torn line, which is dropped.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from production_testers.model.canonical import canonical_json
from production_testers.model.errors import InvalidDocumentError, PtestError, UsageError
from production_testers.workspace.atomic import write_bytes, write_error
from production_testers.workspace.clock import iso, utc_now


class JournalKind(StrEnum):
    """Everything that can stand in a journal."""

    RUN_STARTED = "run_started"
    PHASE_STARTED = "phase_started"
    PHASE_COMPLETED = "phase_completed"
    FINDING_RECORDED = "finding_recorded"
    FINDING_VERIFIED = "finding_verified"
    FINDING_SHRUNK = "finding_shrunk"
    FINDING_RANGED = "finding_ranged"
    FINDING_RESOLVED = "finding_resolved"
    PROPOSAL_JUDGED = "proposal_judged"
    AGENT_STARTED = "agent_started"
    AGENT_ENDED = "agent_ended"
    RUN_INTERRUPTED = "run_interrupted"
    RUN_RESUMED = "run_resumed"
    RUN_COMPLETED = "run_completed"
    RUN_FAILED = "run_failed"
    RUN_BLOCKED = "run_blocked"


class Journal:
    """The journal of one run.

    Args:
        path: The file; it and its folder come into being with the first event.
    """

    __slots__ = ("path",)

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, kind: str, **fields: object) -> dict[str, object]:
        """Add one event, durable when this returns; gives it back as it was written.

        Raises:
            PtestError: The kind is unknown, `time` is among the fields, or the disk fails.
            UsageError: The place cannot be written to.
        """
        if kind not in set(JournalKind):
            raise PtestError(f"{kind!r} is no kind of journal event.")
        if "time" in fields:
            raise PtestError("A journal event takes its time from the clock, not from its caller.")
        event = {**fields, "kind": str(kind), "time": iso(utc_now())}
        line = canonical_json(event).encode() + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._write(line)
        except OSError as error:
            raise write_error(self.path, error) from error
        return event

    def read(self) -> tuple[dict[str, object], ...]:
        """Every event, oldest first; none where there is no journal.

        Raises:
            InvalidDocumentError: A line other than a torn last one is no event.
            UsageError: The file cannot be read.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise UsageError(f"Cannot read {self.path}: {error.strerror}.") from error
        complete = data[: data.rfind(b"\n") + 1]
        return tuple(self._events(complete))

    def last(self, kind: str) -> dict[str, object] | None:
        """The newest event of that kind; None where there is none."""
        found = [event for event in self.read() if event["kind"] == kind]
        return found[-1] if found else None

    def phases_completed(self) -> frozenset[str]:
        """The names of the phases that were completed."""
        completed = (e for e in self.read() if e["kind"] == JournalKind.PHASE_COMPLETED)
        return frozenset(str(event.get("phase")) for event in completed)

    def put_back(self, before: bytes) -> bool:
        """Make the journal begin with `before` again and hold events only; True if it did not.

        Raises:
            UsageError: The place cannot be written to.
            PtestError: The disk fails.
        """
        now = self.path.read_bytes() if self.path.is_file() else b""
        lines = now.splitlines(keepends=True)
        known = before.splitlines(keepends=True)
        added = lines[len(known) :] if lines[: len(known)] == known else lines
        events = [one for one in added if one not in known and _event(one) and one.endswith(b"\n")]
        mended = b"".join([*known, *events])
        if mended == now:
            return False
        write_bytes(self.path, mended)
        return True

    def _write(self, line: bytes) -> None:
        with self.path.open("a+b") as file:
            # Two writers at once would both mend the same torn line.
            fcntl.flock(file, fcntl.LOCK_EX)
            _drop_torn_line(file.fileno())
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def _events(self, data: bytes) -> Iterator[dict[str, object]]:
        for number, line in enumerate(data.splitlines(), start=1):
            if (event := _event(line)) is None:
                raise InvalidDocumentError(
                    str(self.path), (f"line {number}: no event, saw {line[:80]!r}",)
                )
            yield event


def _event(line: bytes) -> dict[str, object] | None:
    event: object = None
    with contextlib.suppress(ValueError, RecursionError):
        event = json.loads(line)
    known = isinstance(event, dict) and event.get("kind") in set(JournalKind)
    return event if known else None  # type: ignore[return-value]


def _drop_torn_line(handle: int) -> None:
    size = os.fstat(handle).st_size
    end = size
    while end and os.pread(handle, 1, end - 1) != b"\n":
        end -= 1
    if end != size:
        os.ftruncate(handle, end)
