"""Does the faults of a plan that have moments: to processes, and to the machine.

When a rule fires follows from the plan alone: its moments are counted from the start, whatever
the clock says when they come. Each fault is written to the journal before it is done.
"""

import asyncio
import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from production_testers.mocks.faults.catalogue import checked
from production_testers.mocks.faults.deciding import Firing
from production_testers.mocks.faults.kinds import Way
from production_testers.mocks.faults.moments import HOST, Planned, timeline
from production_testers.mocks.servers import undo
from production_testers.mocks.servers.processes import ManagedProcess
from production_testers.mocks.servers.undo import Journal
from production_testers.model.errors import UsageError
from production_testers.model.fault_plan import FaultPlan

DISK_MAX = 64 * 1024 * 1024
"""A larger file system is never filled: it may be the machine's."""

_TURN_S = 0.02
_BALLAST = ".ptest-ballast"

Told = Callable[[Firing], object]


class Conductor:
    """Does the timed faults of a plan; see `conduct`.

    Args:
        plan: What goes wrong.
        processes: The processes it can go wrong with.
        journal: Where undoing is written down.
        told: Called with each fault when it is done.

    Raises:
        InvalidDocumentError: The plan cannot happen in a real run.
    """

    def __init__(
        self,
        plan: FaultPlan,
        processes: Sequence[ManagedProcess],
        journal: Journal,
        told: Told = lambda _firing: None,
    ) -> None:
        self._plan = checked(plan, Way.REAL)
        self._processes = {process.name: process for process in processes}
        self._journal = journal
        self._told = told

    async def conduct(self, for_ms: float = 3_600_000) -> None:
        """Do every fault when its moment comes; ended early, it undoes what it was doing.

        Raises:
            UsageError: One of them cannot be done on this machine, or not to its process.
        """
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            async with asyncio.TaskGroup() as doing:
                for planned in timeline(self._plan, list(self._processes), for_ms):
                    await asyncio.sleep(max(0.0, start + planned.at_ms / 1000 - loop.time()))
                    doing.create_task(self.do(planned))
        except* UsageError as errors:
            raise errors.exceptions[0] from None

    async def do(self, planned: Planned) -> None:
        """Do one fault, and undo it when its time is over.

        Raises:
            UsageError: It cannot be done on this machine, or not to this process.
        """
        firing = planned.firing
        if planned.target == HOST:
            await self._hog(firing)
            return
        process = self._processes[planned.target]
        if not process.runs:
            return
        try:
            await _TO_PROCESSES[firing.fault](self, process, firing)
        except (ProcessLookupError, FileNotFoundError):
            if process.runs:  # otherwise it has ended meanwhile
                raise

    async def _hog(self, firing: Firing) -> None:
        with ExitStack() as stack:
            for _ in range(int(firing.params["processes"])):
                spinner = _spinner()
                stack.callback(spinner.wait)
                stack.enter_context(self._journal.until_undone(undo.to_end(spinner.pid)))
            self._told(firing)
            await _ms(firing)

    async def _kill(self, process: ManagedProcess, firing: Firing) -> None:
        await self._ended_by(process, firing, signal.SIGKILL)

    async def _terminate(self, process: ManagedProcess, firing: Firing) -> None:
        await self._ended_by(process, firing, signal.SIGTERM)

    async def _ended_by(self, process: ManagedProcess, firing: Firing, number: int) -> None:
        process.held += 1
        try:
            process.signal(number)
            self._told(firing)
            await process.ended()
            await _ms(firing)
            if process.wanted and not process.runs:
                process.start()
        finally:
            process.held -= 1

    async def _pause(self, process: ManagedProcess, firing: Firing) -> None:
        with self._journal.until_undone(undo.to_continue(process.pid)):
            process.signal(signal.SIGSTOP)
            self._told(firing)
            await _ms(firing)

    async def _throttle(self, process: ManagedProcess, firing: Firing) -> None:
        """Turns of stopping and going on; a process that ends meanwhile is left in peace."""
        stopped_s = _TURN_S * firing.params["share"]
        turns = int(firing.params["ms"] / 1000 / _TURN_S)
        with self._journal.until_undone(undo.to_continue(process.pid)):
            self._told(firing)
            for _ in range(turns):
                process.signal(signal.SIGSTOP)
                await asyncio.sleep(stopped_s)
                process.signal(signal.SIGCONT)
                await asyncio.sleep(_TURN_S - stopped_s)

    async def _limited(self, process: ManagedProcess, firing: Firing, limit: str, to: int) -> None:
        pid = process.pid
        lift = undo.to_lift(pid, limit)
        with self._journal.until_undone(lift):
            resource.prlimit(pid, undo.LIMITS[limit], (_lower(to, lift["soft"]), lift["hard"]))
            self._told(firing)
            await _ms(firing)

    async def _no_memory(self, process: ManagedProcess, firing: Firing) -> None:
        has = _memory_of(process.pid)
        await self._limited(process, firing, "memory", has + int(firing.params["bytes"]))

    async def _no_descriptors(self, process: ManagedProcess, firing: Firing) -> None:
        """What was open for a moment when it began is closed meanwhile: the limit goes lower."""
        pid, lift = process.pid, undo.to_lift(process.pid, "descriptors")
        lowest = _lower(_descriptors_of(pid), lift["soft"])
        with self._journal.until_undone(lift):
            resource.prlimit(pid, undo.LIMITS["descriptors"], (lowest, lift["hard"]))
            self._told(firing)
            for _ in range(int(firing.params["ms"] / 1000 / _TURN_S)):
                await asyncio.sleep(_TURN_S)
                if process.runs and (free := _descriptors_of(pid)) < lowest:
                    lowest = free
                    resource.prlimit(pid, undo.LIMITS["descriptors"], (lowest, lift["hard"]))

    async def _small_files(self, process: ManagedProcess, firing: Firing) -> None:
        await self._limited(process, firing, "file_size", int(firing.params["bytes"]))

    async def _full_disk(self, process: ManagedProcess, firing: Firing) -> None:
        folder = str(firing.params["path"])
        path = f"{folder.rstrip('/')}/{_BALLAST}"
        seen = undo.seen_by(process.pid, path)
        await _until_mounted(process)
        _refuse_large(seen.parent, folder)
        with self._journal.until_undone(undo.to_remove(path, process.pid)):
            _fill(seen)
            self._told(firing)
            for _ in range(int(firing.params["ms"] / 1000 / _TURN_S)):
                await asyncio.sleep(_TURN_S)
                _fill(seen)  # what others have freed meanwhile


_SPIN = """
import os
parent = os.getppid()
while os.getppid() == parent:
    sum(range(9999))
"""
"""Takes a processor; it ends when whoever started it has, however that came about."""


def _spinner() -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", _SPIN], start_new_session=True)


def _memory_of(pid: int) -> int:
    """Bytes of address space that a process has."""
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _descriptors_of(pid: int) -> int:
    """The lowest number of a descriptor that a process could get next."""
    taken = {int(path.name) for path in Path(f"/proc/{pid}/fd").iterdir()}
    return next(number for number in range(len(taken) + 1) if number not in taken)


def _lower(to: int, soft: int) -> int:
    return to if soft == resource.RLIM_INFINITY else min(to, soft)


async def _until_mounted(process: ManagedProcess) -> None:
    """A process that has just been started may still be on its way to its small disk."""
    if process.small_disk is None:
        return
    for _ in range(500):
        if not process.runs or is_mounted(process.pid, process.small_disk[0]):
            return
        await asyncio.sleep(0.01)


def is_mounted(pid: int, folder: str) -> bool:
    """Whether a file system of its own stands at a folder, as a process sees it."""
    try:
        lines = Path(f"/proc/{pid}/mountinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return any(line.split()[4] == folder for line in lines)


def _refuse_large(folder: Path, shown: str) -> None:
    try:
        system = os.statvfs(folder)
    except OSError as error:
        raise UsageError(
            f"disk-full: {shown!r} cannot be seen: {error.strerror}.",
            do="State the folder of the process's small disk as `path`.",
        ) from error
    size = system.f_frsize * system.f_blocks
    if size > DISK_MAX:
        raise UsageError(
            f"disk-full: the file system of {shown!r} has {size} bytes and may be the machine's.",
            do=f"Give the process a small disk there, of at most {DISK_MAX} bytes.",
        )


def _fill(path: Path) -> None:
    """Take every byte of a small file system."""
    with path.open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            while True:
                try:
                    file.write(b"\0" * size)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    break


async def _ms(firing: Firing) -> None:
    await asyncio.sleep(firing.params["ms"] / 1000)


_TO_PROCESSES: Mapping[str, Callable[[Conductor, ManagedProcess, Firing], Awaitable[None]]] = {
    "process-killed": Conductor._kill,  # noqa: SLF001 - a table of this class's own
    "process-terminated": Conductor._terminate,  # noqa: SLF001
    "process-paused": Conductor._pause,  # noqa: SLF001
    "cpu-throttled": Conductor._throttle,  # noqa: SLF001
    "memory-cap": Conductor._no_memory,  # noqa: SLF001
    "descriptors-exhausted": Conductor._no_descriptors,  # noqa: SLF001
    "file-size-capped": Conductor._small_files,  # noqa: SLF001
    "disk-full": Conductor._full_disk,  # noqa: SLF001
}
