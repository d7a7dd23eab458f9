"""Runs one command with everything that it starts, and ends all of it."""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from production_testers.model.errors import UsageError
from production_testers.workspace.clock import stopwatch
from production_testers.workspace.transcript import Transcript

GRACE_S = 5.0
"""How long a process may take to end after it was asked to."""

_PR_SET_CHILD_SUBREAPER = 36
_LOOK_EVERY_S = 0.05
_PIPE_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended.

    Attributes:
        exit_code: Its own; negative for the signal that ended it.
        timed_out: Whether it was ended because its time was over.
        seconds: How long it ran.
        left_behind: Processes that it had started and that were still there.
    """

    exit_code: int
    timed_out: bool
    seconds: float
    left_behind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is to be started.

    Attributes:
        command: Program and arguments.
        folder: Where it works.
        environment: All that it sees of the environment.
        told: The file that it reads on standard input.
        timeout_s: After this time everything is ended; None for never.
    """

    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    told: Path
    timeout_s: float | None


def run_command(call: Call, transcript: Transcript) -> Ended:
    """Start a command in a session of its own, wait for its end, and leave nothing of it running.

    What it and its children say on both streams goes into the transcript as it comes. Whatever
    ends the waiting, an interrupt too, everything that was started is ended first: asked, and
    after a grace killed.

    Raises:
        UsageError: It cannot be started.
    """
    elapsed = stopwatch()
    ours = frozenset((*_family(os.getpid()), *_processes(dead=True)))
    with _adopting_orphans(), call.told.open("rb") as told:
        process = _start(call, told.fileno())
        timed_out, left_behind = False, 0
        try:
            timed_out = _watch(process, transcript, call.timeout_s)
        finally:
            was_running = process.poll() is None
            left_behind = _end_all(process, ours) - was_running
            _drain(process, transcript)
    return Ended(
        exit_code=process.returncode,
        timed_out=timed_out,
        seconds=elapsed(),
        left_behind=left_behind,
    )


def _start(call: Call, told: int) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            list(call.command),
            cwd=call.folder,
            env=dict(call.environment),
            stdin=told,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise UsageError(
            f"--command {call.command[0]!r} cannot be started: {error.strerror}.",
            do="Name a program on the PATH, or its path.",
        ) from error


def _watch(
    process: "subprocess.Popen[bytes]", transcript: Transcript, timeout_s: float | None
) -> bool:
    """Wait for the end; True when the time was over before."""
    elapsed = stopwatch()
    while process.poll() is None:
        if timeout_s is not None and elapsed() > timeout_s:
            return True
        _listen(process, transcript, _LOOK_EVERY_S)
    return False


def _listen(process: "subprocess.Popen[bytes]", transcript: Transcript, seconds: float) -> bool:
    """Take what was said within some time; False when nothing was."""
    assert process.stdout is not None, "it was started with a pipe"
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    said = os.read(process.stdout.fileno(), _PIPE_BYTES) if ready else b""
    if ready and not said:  # closed, and perhaps still at work
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    transcript.write(said)
    return bool(said)


def _drain(process: "subprocess.Popen[bytes]", transcript: Transcript) -> None:
    while _listen(process, transcript, 0):
        pass
    assert process.stdout is not None, "it was started with a pipe"
    process.stdout.close()


def _end_all(process: "subprocess.Popen[bytes]", ours: frozenset[int]) -> int:
    """End the command and all that comes from it; gives how many processes there were."""
    there = _there(process, ours)
    try:
        _send(there, signal.SIGTERM)
        _wait_for_end(process, ours)
    finally:
        while remaining := _there(process, ours):
            _send(remaining, signal.SIGKILL)
            _reap(process, ours)
    process.wait()
    _reap(process, ours)
    return len(there)


def _wait_for_end(process: "subprocess.Popen[bytes]", ours: frozenset[int]) -> None:
    elapsed = stopwatch()
    while _there(process, ours) and elapsed() < GRACE_S:
        _reap(process, ours)
        select.select([], [], [], _LOOK_EVERY_S)


def _there(process: "subprocess.Popen[bytes]", ours: frozenset[int]) -> list[int]:
    """The command, its session, and what came from them and was handed to us."""
    process.poll()
    family = [pid for pid in _family(os.getpid()) if pid not in ours]
    session = [pid for pid, one in _processes().items() if one.session == process.pid]
    return list(dict.fromkeys([*family, *session]))


def _send(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _reap(process: "subprocess.Popen[bytes]", ours: frozenset[int]) -> None:
    """Collect the orphans that ended, or they would stay in the list of processes."""
    process.poll()
    for pid, one in _processes(dead=True).items():
        if one.parent == os.getpid() and pid != process.pid and pid not in ours:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


@dataclass(frozen=True, slots=True)
class _Process:
    parent: int
    session: int


def _processes(*, dead: bool = False) -> dict[int, _Process]:
    """What runs on this machine, or what has ended and was not collected."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent, _group, session, *_ = path.read_text().rpartition(")")[2].split()
            if (state in "ZX") == dead:
                found[int(path.parent.name)] = _Process(int(parent), int(session))
    return found


def _family(pid: int) -> Iterator[int]:
    """Everything that descends from a process."""
    children: dict[int, list[int]] = {}
    for child, one in _processes().items():
        children.setdefault(one.parent, []).append(child)
    waiting = list(children.get(pid, ()))
    for one_pid in waiting:
        waiting += children.get(one_pid, ())
    yield from waiting


@contextlib.contextmanager
def _adopting_orphans() -> Iterator[None]:
    """Processes whose parent ends become children of this one (Linux), not of the system's."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
