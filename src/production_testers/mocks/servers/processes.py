"""A process under a fault plan: it can be killed, paused, limited and started anew."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from production_testers.model.errors import UsageError

_MOUNT = 'size=$1; dir=$2; shift 2; mount -t tmpfs -o "size=$size" tmpfs "$dir" && exec "$@"'


@dataclass(slots=True)
class ManagedProcess:
    """A command that is run, and run again when a fault has ended it.

    Args:
        name: As plans call it.
        command: Program and arguments.
        environment: Of the process; None for ours.
        folder: Where it is started; None for the current one.
        output: Descriptor that its standard output goes to; None for ours.
        small_disk: Folder in which it finds a small file system of its own, and the bytes in it.
            That is what `disk-full` fills: never a disk of the machine.

    Attributes:
        starts: How often it was started.
        wanted: False once it is meant to end: then nobody starts it anew.
        held: How many faults have ended it, or are about to, and will start it anew.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    output: int | None = None
    small_disk: tuple[str, int] | None = None
    starts: int = 0
    wanted: bool = True
    held: int = 0
    _running: "subprocess.Popen[bytes] | None" = None

    @property
    def pid(self) -> int:
        """Its number; the latest one."""
        assert self._running is not None, "it was started"
        return self._running.pid

    @property
    def runs(self) -> bool:
        """Whether it runs, or stands still; not whether it does anything."""
        return self._running is not None and self._running.poll() is None

    @property
    def code(self) -> int | None:
        """How it ended, as `subprocess` says it; None while it runs."""
        return None if self._running is None else self._running.poll()

    def start(self) -> None:
        """Start it, for the first time or anew.

        Raises:
            UsageError: There is no such program, or no small file system can be made.
        """
        try:
            self._running = subprocess.Popen(
                self._whole_command(),
                env=None if self.environment is None else dict(self.environment),
                cwd=self.folder,
                stdout=self.output,
            )
        except OSError as error:
            raise UsageError(
                f"Cannot start {self.command[0]!r}: {error.strerror}.", do="Is it installed?"
            ) from error
        self.starts += 1

    def _whole_command(self) -> list[str]:
        if self.small_disk is None:
            return list(self.command)
        folder, size = self.small_disk
        alone = ["unshare", "--mount"]
        if os.geteuid() != 0:
            alone += ["--user", "--map-root-user"]
        return [*alone, "--", "sh", "-c", _MOUNT, "sh", str(size), folder, *self.command]

    def signal(self, number: int) -> None:
        """Send a signal; one that has ended gets none."""
        if self._running is not None and self.runs:
            self._running.send_signal(number)

    async def ended(self) -> int:
        """Wait until it has ended, and give how."""
        while (code := self.code) is None:  # noqa: ASYNC110 - processes set no event
            await asyncio.sleep(0.005)
        return code

    async def finished(self) -> int:
        """Wait until it has ended by itself, and give how; an end by a fault is none."""
        while self.held or self.code is None:  # noqa: ASYNC110 - processes set no event
            await asyncio.sleep(0.005)
        return self.code

    async def end(self, patience_s: float = 5.0) -> None:
        """End it for good: asked first, killed when it takes too long."""
        self.wanted = False
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(patience_s):
                await self.ended()
        except TimeoutError:
            self.signal(signal.SIGKILL)
            await self.ended()
