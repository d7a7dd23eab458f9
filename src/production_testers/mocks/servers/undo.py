"""What was done to a machine and has to be undone, whatever becomes of whoever did it.

Before a fault is done, its undoing is written to a journal, and flushed to the disk. A *watchdog*,
a process of its own session, waits for the end of a pipe that only the controller holds open: when
the controller ends, even by SIGKILL, the watchdog undoes what the journal does not call done. When
both are gone, `ptest faults undo JOURNAL` does it.

The journal holds one JSON object a line: `{"id": 1, "undo": {…}}`, later `{"done": 1}`.
"""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TextIO

from production_testers.model.errors import InvalidDocumentError, UsageError

Undo = Mapping[str, Any]
"""What to do: `do` says what, the other members to whom. Doing it twice does no harm."""

LIMITS = {
    "memory": resource.RLIMIT_AS,
    "descriptors": resource.RLIMIT_NOFILE,
    "file_size": resource.RLIMIT_FSIZE,
}


def started_at(pid: int) -> int | None:
    """When a process was started, in ticks since the machine was; None when it is gone.

    With it, a process that got the number of an ended one is not taken for it.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else int(fields[19])


def to_continue(pid: int) -> Undo:
    """Let a stopped process go on."""
    return {"do": "continue", "pid": pid, "started": started_at(pid)}


def to_end(pid: int) -> Undo:
    """End a process of ours."""
    return {"do": "end", "pid": pid, "started": started_at(pid)}


def to_lift(pid: int, limit: str) -> Undo:
    """Give a process the limit back that it has now."""
    soft, hard = resource.prlimit(pid, LIMITS[limit])
    return {
        "do": "limit",
        "pid": pid,
        "started": started_at(pid),
        "limit": limit,
        "soft": soft,
        "hard": hard,
    }


def to_remove(path: str, pid: int) -> Undo:
    """Remove a file that we made, in the file systems that a process sees."""
    return {"do": "remove", "pid": pid, "started": started_at(pid), "path": path}


def _continue(undo: Undo) -> None:
    os.kill(undo["pid"], signal.SIGCONT)


def _end(undo: Undo) -> None:
    os.kill(undo["pid"], signal.SIGKILL)


def _limit(undo: Undo) -> None:
    resource.prlimit(undo["pid"], LIMITS[undo["limit"]], (undo["soft"], undo["hard"]))


def _remove(undo: Undo) -> None:
    seen_by(undo["pid"], undo["path"]).unlink(missing_ok=True)


def seen_by(pid: int, path: str) -> Path:
    """A path as a process sees it, which may have file systems of its own."""
    return Path(f"/proc/{pid}/root") / path.lstrip("/")


_DOERS: Mapping[str, Callable[[Undo], None]] = {
    "continue": _continue,
    "end": _end,
    "limit": _limit,
    "remove": _remove,
}


def undo(what: Undo) -> bool:
    """Undo one thing; False where there is nothing to undo any more: the process has ended.

    Raises:
        UsageError: A journal says something that nobody knows how to do.
    """
    if what.get("do") not in _DOERS:
        raise UsageError(f"Nobody knows how to undo {what!r}.", do="Is this a journal of faults?")
    if started_at(what["pid"]) != what["started"]:
        return False
    try:
        _DOERS[what["do"]](what)
    except (ProcessLookupError, FileNotFoundError):
        return False
    return True


FOLDER_OF_A_RUN = "ptest-faults-"
"""The name of a temporary folder that was made for a journal begins so."""


class Journal:
    """The journal of one controller, with its watchdog; a context manager.

    Args:
        path: Where the journal is written; it must not exist.

    Raises:
        UsageError: It cannot be written there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._count = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            self._file = os.open(path, flags, 0o600)
        except OSError as error:
            raise UsageError(
                f"Cannot write a journal at {path}: {error.strerror}.", do="Choose another place."
            ) from error
        self._watchdog = _start_watchdog(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    @property
    def watchdog(self) -> int:
        """The watchdog's process."""
        return self._watchdog.pid

    def close(self) -> None:
        """Undo what is left, and let the watchdog see that nothing is."""
        undo_all(self.path)
        os.close(self._file)
        assert self._watchdog.stdin is not None, "it was given a pipe"
        self._watchdog.stdin.close()
        self._watchdog.wait()
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()

    @contextmanager
    def until_undone(self, what: Undo) -> Iterator[None]:
        """Something is done in the block that `what` undoes; it is undone at the end of it."""
        number = self.write(what)
        try:
            yield
        finally:
            undo(what)
            self.done(number)

    def write(self, what: Undo) -> int:
        """Write down how something is undone that is about to be done; gives its number."""
        self._count += 1
        self._append({"id": self._count, "undo": dict(what)})
        return self._count

    def done(self, number: int) -> None:
        """It has been undone."""
        self._append({"done": number})

    def _append(self, line: Mapping[str, Any]) -> None:
        os.write(self._file, json.dumps(line).encode() + b"\n")
        os.fsync(self._file)


def open_in(path: Path) -> list[tuple[int, Undo]]:
    """What a journal says is not undone, the latest first.

    Raises:
        UsageError: It cannot be read.
        InvalidDocumentError: It is no journal. A last line that is cut off does not count: what it
            would have announced was not done yet.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Cannot read {path}: {error}.", do="Name a journal of faults.") from error
    waiting: dict[int, Undo] = {}
    for number, line in enumerate(lines):
        if not line.endswith("\n"):
            continue
        try:
            said = json.loads(line)
            if "done" in said:
                waiting.pop(said["done"], None)
            else:
                waiting[said["id"]] = said["undo"]
        except (ValueError, KeyError, TypeError) as error:
            problem = f"line {number + 1}: {line.strip()[:80]!r} is no entry"
            raise InvalidDocumentError(str(path), (problem,)) from error
    return sorted(waiting.items(), reverse=True)


def undo_all(path: Path) -> int:
    """Undo everything that a journal says is not undone; gives how much there was to undo."""
    undone = 0
    waiting = open_in(path)
    with path.open("r+", encoding="utf-8") as file:
        _forget_half_a_line(file)
        for number, what in waiting:
            with contextlib.suppress(OSError):
                undone += undo(what)
            file.write(json.dumps({"done": number}) + "\n")
            file.flush()
    return undone


def _forget_half_a_line(file: TextIO) -> None:
    """What was being written when its writer died is taken off the end."""
    whole = file.read().rpartition("\n")
    file.seek(0)
    file.truncate()
    file.write(whole[0] + whole[1])


_PROGRAM = "from production_testers.mocks.servers.undo import watch; watch()"


def _start_watchdog(path: Path) -> "subprocess.Popen[bytes]":
    """Start the watchdog in a session of its own: what ends our group does not end it."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout is not None, "it was given a pipe"
    process.stdout.readline()  # it stands by
    process.stdout.close()
    return process


def watch() -> None:
    """The watchdog: wait until the controller is gone, then undo what it left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    print("standing by", flush=True)  # noqa: T201 - the controller waits for it
    sys.stdin.buffer.read()
    path = Path(sys.argv[1])
    if path.exists():
        undo_all(path)
        with contextlib.suppress(OSError):
            path.unlink()
            if path.parent.name.startswith(FOLDER_OF_A_RUN):
                path.parent.rmdir()
