"""The parent's side of a worker."""

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import production_testers
from production_testers.experiments.worker import frames
from production_testers.model.errors import PtestError, SutUnavailableError, UsageError

PACKAGE_ONLY = """
import importlib.util, sys
root = sys.argv.pop(1)
spec = importlib.util.spec_from_file_location(
    "production_testers", root + "/__init__.py", submodule_search_locations=[root]
)
module = importlib.util.module_from_spec(spec)
sys.modules["production_testers"] = module
spec.loader.exec_module(module)
"""
"""Makes this package, and nothing else of the parent's environment, importable."""

BOOTSTRAP = f"""{PACKAGE_ONLY}
from production_testers.experiments.worker.server import serve
serve(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5])
"""

MEMORY_BYTES = 8 * 1024**3
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "HOME", "TMPDIR", "PYTHONHASHSEED")
"""Environment variables that a worker gets; everything else, secrets included, stays here."""

_NAMED: set[str] = set()


def pass_on(names: Iterable[str]) -> None:
    """Give the workers that start from now on these environment variables, too."""
    _NAMED.update(names)


class WorkerDiedError(PtestError):
    """The worker, or its child for one job, ended without an answer."""


def clean_environment() -> dict[str, str]:
    """The hash seed is fixed, because frameworks iterate sets of strings."""
    names = (*PASSED_ON, *sorted(_NAMED))
    passed_on = {name: os.environ[name] for name in names if name in os.environ}
    return {"PYTHONHASHSEED": "0", **passed_on}


class Workers(Protocol):
    """One worker, or a pool of them."""

    @property
    def sut(self) -> dict[str, Any]:
        """Name and version of the system under test."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """Folders that jobs import from."""

    def call(self, job: str, arguments: dict[str, Any]) -> Any:
        """Have a job done in a fresh child; raises as `Worker.call` does."""


class Worker:
    """One worker process; a context manager.

    Args:
        python: Interpreter of the system under test's environment.
        sut: The adapter's name.
        paths: Folders that jobs import from, such as a run folder.
        timeout_s: How long a job may take without a word, seconds.

    Raises:
        SutUnavailableError: The system under test cannot be imported there.
    """

    def __init__(
        self, python: Path, sut: str, paths: Sequence[Path] = (), *, timeout_s: float = 300.0
    ) -> None:
        self._paths = [str(path) for path in paths]
        self._timeout_s = timeout_s
        job_read, self._job_write = os.pipe()
        self._answer_read, answer_write = os.pipe()
        package = str(Path(production_testers.__file__).parent)
        command = [str(python), "-s", "-P", "-B", "-c", BOOTSTRAP, package]
        self._scratch = tempfile.mkdtemp(prefix="ptest-target-")  # what applications write
        self._process = subprocess.Popen(
            [*command, str(job_read), str(answer_write), sut, str(MEMORY_BYTES), self._scratch],
            pass_fds=(job_read, answer_write),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=clean_environment(),
            start_new_session=True,
        )
        os.close(job_read)
        os.close(answer_write)
        self._jobs = os.fdopen(self._job_write, "wb")
        self._answers = os.fdopen(self._answer_read, "rb", buffering=0)
        hello = self._read(60.0)
        if "ready" not in hello:
            why = hello.get("unavailable", hello)
            self.close()
            raise SutUnavailableError(
                f"{sut} cannot be imported by {python}: {why}.", do="Check --sut."
            )
        self.sut: dict[str, Any] = hello["ready"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def call(
        self,
        job: str,
        arguments: dict[str, Any],
        *,
        on_event: Callable[[dict[str, Any]], None] = lambda _event: None,
        timeout_s: float | None = None,
    ) -> Any:
        """Have a job done in a fresh child of the worker.

        Raises:
            WorkerDiedError: The child died or did not answer in time; its result is *unknown*.
            UsageError: The job found a mistake in the run folder.
            PtestError: The job raised: an error of ours.
        """
        try:
            frames.write(self._jobs, {"job": job, "arguments": arguments, "paths": self._paths})
        except (BrokenPipeError, ValueError):
            self.close()
            raise WorkerDiedError(f"The worker had ended before {job}.") from None
        while True:
            message = self._read(self._timeout_s if timeout_s is None else timeout_s)
            if "event" in message:
                on_event(message["event"])
            elif "result" in message:
                return message["result"]
            elif "usage" in message:
                raise UsageError(message["usage"])
            elif "died" in message:
                raise WorkerDiedError(f"The worker died (exit {message['died']}) in {job}.")
            else:
                raise PtestError(f"{job} failed: {message['error']}.\n{message['traceback']}")

    @property
    def paths(self) -> tuple[Path, ...]:
        """Folders that jobs import from."""
        return tuple(Path(path) for path in self._paths)

    @property
    def ended(self) -> bool:
        """Whether the process is no more; a child that died for one job does not end it."""
        return self._process.poll() is not None

    def _read(self, timeout_s: float) -> dict[str, Any]:
        """The next message; whatever else happens is the worker's death."""
        try:
            message = frames.read(_Whole(self._answers, timeout_s))
        except TimeoutError:
            self.close()
            raise WorkerDiedError(f"The worker gave no answer in {timeout_s:.0f} s.") from None
        except ValueError as error:  # a torn frame, or a worker that was closed
            self.close()
            raise WorkerDiedError(f"The worker's answer cannot be read: {error}.") from None
        if message is None:
            last = self._last_words()
            self.close()
            raise WorkerDiedError(f"The worker ended: {last}.")
        return message

    def _last_words(self) -> str:
        self._process.wait()
        stream = self._process.stderr
        text = stream.read().decode(errors="replace") if stream is not None else ""
        return (text.strip().splitlines()[-1:] or ["no message"])[0]

    def close(self) -> None:
        """End the worker and everything it started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        shutil.rmtree(self._scratch, ignore_errors=True)
        for stream in (self._jobs, self._answers, self._process.stderr):
            if stream is not None and not stream.closed:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue


class _Whole:
    """Reads exactly as much as asked for from an unbuffered stream, and never waits for ever."""

    def __init__(self, stream: Any, timeout_s: float) -> None:
        self._stream = stream
        self._timeout_s = timeout_s

    def read(self, count: int, /) -> bytes:
        """All of `count` bytes, or what there is before the end.

        Raises:
            TimeoutError: Nothing came in time.
            ValueError: The stream is closed.
        """
        parts = []
        while count > 0:
            ready, _, _ = select.select([self._stream], [], [], self._timeout_s)
            if not ready:
                raise TimeoutError
            part = self._stream.read(count)
            if not part:
                break
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


def this_interpreter() -> Path:
    """The interpreter that runs this process."""
    return Path(sys.executable)
