"""What an execution changes in the process it runs in, and which files it writes.

A framework is a guest: whoever embeds it relies on the process being as it was. What was changed
is put back afterwards, so that the next execution in the same process is judged on its own.
Files are seen by an audit hook (PEP 578), which stays for the life of the process and looks only
while an execution is under way. Not looked at: threads and sockets (a simulation refuses them),
filters of warnings, the state of global random numbers, and what C code does without an audit
event.
"""

# The functions of `signal` look names up, which takes longer than many executions.
import _signal  # type: ignore[import-not-found]
import gc
import locale
import logging
import os
import signal
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from production_testers.experiments.safety import CHANGES, changed, writes

OWN_FOLDERS = "ptest-"
"""Folders of the system's temporary folder that begin so were made for files of executions."""


@dataclass(slots=True)
class Footprint:
    """What an execution left in its process.

    Attributes:
        changed: Names of what is not as it was: `os.environ[NAME]`, `the working folder`, ….
        files: What was done to which files, in order, each once.
        given: How paths begin that executions were given to write to.
    """

    changed: tuple[str, ...] = ()
    files: list[str] = field(default_factory=list)
    given: str = field(default_factory=lambda: f"{tempfile.gettempdir()}{os.sep}{OWN_FOLDERS}")


_WATCHING: list[Footprint] = []
"""The execution that is under way, if any."""

_HOOKED: list[bool] = []


@contextmanager
def footprint() -> Iterator[Footprint]:
    """While it is open, files are noted; when it ends, what was changed is noted and put back."""
    if not _HOOKED:
        sys.addaudithook(_hook)
        _HOOKED.append(True)
    found, before = Footprint(), _state()
    _WATCHING.append(found)
    try:
        yield found
    finally:
        _WATCHING.remove(found)
        differing = _differing(before, _state())
        found.changed = tuple(differing)
        for name, was in differing.items():
            with suppress(ValueError, OSError):  # it cannot be put back: it was told
                _put_back(name, was)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _WATCHING:
        return
    told = ""
    if event == "open":
        told = _outside("writes", args[0]) if writes(args) else ""
    elif event in CHANGES:
        told = next(
            (told for one in changed(event, args) if (told := _outside("changes", one))), ""
        )
    if told and told not in _WATCHING[-1].files:
        _WATCHING[-1].files.append(told)


def _outside(what: str, path: Any) -> str:
    """What is done to a file that no execution was given; "" for others."""
    if not isinstance(path, str | bytes | os.PathLike):
        return ""
    place = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - resolve() would open files
    given = _WATCHING[-1].given  # to ask `tempfile` here would wait for a lock that it may hold
    compiled = f"{os.sep}__pycache__{os.sep}" in f"{place}{os.sep}"
    return "" if place == os.devnull or place.startswith(given) or compiled else f"{what} {place}"


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing that belongs to the whole process."""

    read: Callable[[], Any]
    write: Callable[[Any], Any]


def _trace(on: Any) -> None:
    (tracemalloc.start if on else tracemalloc.stop)()


def _collect(on: Any) -> None:
    (gc.enable if on else gc.disable)()


_ROOT = logging.getLogger()

_PARTS: Mapping[str, _Part] = {
    "the working folder": _Part(os.getcwd, os.chdir),
    "the locale": _Part(
        lambda: locale.setlocale(locale.LC_ALL), lambda to: locale.setlocale(locale.LC_ALL, to)
    ),
    "sys.path": _Part(lambda: tuple(sys.path), lambda to: sys.path.__setitem__(slice(None), to)),
    "sys.stdout": _Part(lambda: sys.stdout, lambda to: setattr(sys, "stdout", to)),
    "sys.stderr": _Part(lambda: sys.stderr, lambda to: setattr(sys, "stderr", to)),
    "sys.excepthook": _Part(lambda: sys.excepthook, lambda to: setattr(sys, "excepthook", to)),
    "the recursion limit": _Part(sys.getrecursionlimit, sys.setrecursionlimit),
    "garbage collection": _Part(gc.isenabled, _collect),
    "tracing of memory": _Part(tracemalloc.is_tracing, _trace),
    "level of the root logger": _Part(lambda: _ROOT.level, _ROOT.setLevel),
    "handlers of the root logger": _Part(
        lambda: tuple(_ROOT.handlers), lambda to: _ROOT.handlers.__setitem__(slice(None), to)
    ),
    "logging.disable": _Part(lambda: _ROOT.manager.disable, logging.disable),
}

_SIGNALS: Mapping[str, int] = {
    f"handler of {one.name}": one
    for one in (
        signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2,
        signal.SIGPIPE, signal.SIGALRM, signal.SIGCHLD,
    )
}  # fmt: skip


def _state() -> dict[str, Any]:
    state = {name: part.read() for name, part in _PARTS.items()}
    state |= {name: _signal.getsignal(number) for name, number in _SIGNALS.items()}
    state["os.environ"] = os.environ._data.copy()  # type: ignore[attr-defined]  # noqa: SLF001 - decoding all of it takes longer than many executions
    return state


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Name of what differs → what it was."""
    differing = {name: was for name, was in before.items() if after[name] != was}
    was, now = differing.pop("os.environ", None), after["os.environ"]
    if was is not None:
        for name in sorted(name for name in {**was, **now} if was.get(name) != now.get(name)):
            differing[f"os.environ[{os.fsdecode(name)}]"] = was.get(name)
    return differing


def _put_back(name: str, value: Any) -> None:
    if name in _PARTS:
        _PARTS[name].write(value)
    elif name in _SIGNALS:
        signal.signal(_SIGNALS[name], value)
    else:
        variable = name.removeprefix("os.environ[")[:-1]
        if value is None:
            os.environ.pop(variable, None)
        else:
            os.environ[variable] = os.fsdecode(value)
