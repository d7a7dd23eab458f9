"""The worker's side: loads the adapter once, then forks a child for every job.

Run by path, by the interpreter of the system under test, with nothing of the parent's
environment on the import path but this package; see `client.BOOTSTRAP`.
"""

import ctypes
import importlib
import logging
import os
import resource
import select
import shutil
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from production_testers.experiments import safety
from production_testers.experiments.worker import frames
from production_testers.model.errors import UsageError
from production_testers.simulation import install, rebind
from production_testers.suts.registry import load_adapter

_PR_SET_PDEATHSIG = 1

OF_FOLDERS = "production_testers.testing"
"""What the files of every run folder import; the worker has it before it forks."""


def serve(jobs_fd: int, answers_fd: int, sut: str, memory_bytes: int, scratch: str) -> None:
    """Answer jobs until the parent closes the pipe."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    jobs, answers = os.fdopen(jobs_fd, "rb"), os.fdopen(answers_fd, "wb")
    try:
        install()
        adapter = load_adapter(sut)
        description = adapter.describe()
        rebind(adapter.import_roots)
    except Exception as error:  # noqa: BLE001 - the parent tells the user
        frames.write(answers, {"unavailable": f"{type(error).__name__}: {error}"})
        return
    logging.disable(logging.CRITICAL)
    _load(OF_FOLDERS)
    frames.write(answers, {"ready": {"name": description.name, "version": description.version}})
    while (message := frames.read(jobs)) is not None:
        for job in (message["job"], message["arguments"].get("job")):  # which it may have done
            if job:
                _load(str(job))
        _fork(message, jobs_fd, answers, adapter, Path(scratch) / "job")


def _load(job: str) -> None:
    """Import a job's module before forking: a child would take longer for it than for most jobs.

    What is wrong with it is told by the child, which imports it again.
    """
    with suppress(Exception):
        importlib.import_module(job.partition(":")[0])


_DONE = 42
"""How a child ends that gave its answer; code under test that exits by itself does not use it."""


def _fork(
    message: dict[str, Any], jobs_fd: int, answers: BinaryIO, adapter: Any, scratch: Path
) -> None:
    child = os.fork()
    if child == 0:
        _die_with_parent()
        safety.in_child(scratch)
        code = 1
        try:
            frames.write(answers, _perform(message, answers, adapter))
            code = _DONE
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(_wait(child, jobs_fd))
    shutil.rmtree(scratch, ignore_errors=True)
    if code != _DONE:
        frames.write(answers, {"died": code})


def _wait(child: int, jobs_fd: int) -> int:
    """The child's status; the child and this process end at once when the parent is gone."""
    watched = select.poll()
    pidfd = os.pidfd_open(child)
    watched.register(pidfd, select.POLLIN)
    watched.register(jobs_fd, 0)  # hang-up is always reported
    try:
        while pidfd not in (ready := [fd for fd, _ in watched.poll()]):
            if jobs_fd in ready:
                os.kill(child, signal.SIGKILL)
                os._exit(1)
        return os.waitpid(child, 0)[1]
    finally:
        os.close(pidfd)


def _perform(message: dict[str, Any], answers: BinaryIO, adapter: Any) -> dict[str, Any]:
    def emit(event: dict[str, Any]) -> None:
        frames.write(answers, {"event": event})

    try:
        for path in reversed(message.get("paths", [])):
            sys.path.insert(0, path)
        module, _, name = message["job"].partition(":")
        job = getattr(importlib.import_module(module), name)
        return {"result": job(adapter, message["arguments"], emit)}
    except UsageError as error:
        return {"usage": str(error)}
    except MemoryError:
        os._exit(signal.SIGKILL)  # as the kernel would have ended it
    except BaseException as error:  # noqa: BLE001 - whatever happens is reported, then the child ends
        return {"error": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}


def _die_with_parent() -> None:
    """Ask the kernel for a SIGKILL when the parent dies (Linux)."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5])
