"""Keeps a team's application from doing anything in the world while it is tested.

An audit hook (PEP 578) sees what Python code does, whoever wrote it: connections to other machines,
files written outside of a temporary folder, programs started. What is refused raises
`PermissionError` at the place that asked for it, and is noted. A hook stays for the life of its
process, so only a worker's child, which ends with its job, is guarded.
"""

import os
import ssl
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", ""})
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork")
CHANGES = (
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink",
    "os.chmod", "os.chown", "shutil.rmtree", "shutil.move",
)  # fmt: skip
"""Audit events about a change of files whose first two arguments may be paths."""

REFUSED: list[str] = []
"""What was refused in this process, in order."""


_CHILD: list[bool] = []
_OWN: list[Path] = []
"""The folder that this process may write into, which whoever started it removes."""


def in_child(folder: Path) -> None:
    """This process is a worker's child, which ends with its job.

    Args:
        folder: What it writes into once it is guarded; it is made then, and the worker removes it.
    """
    _CHILD.append(True)
    _OWN.append(folder)


def guard_in_child(allow_hosts: tuple[str, ...] = ()) -> None:
    """Guard this process, once, if it is a worker's child."""
    if _CHILD == [True]:
        guard(allow_hosts)
        _CHILD.append(True)


def guard(allow_hosts: tuple[str, ...] = ()) -> Path:
    """From now on this process cannot reach the world; gives its temporary working folder.

    Args:
        allow_hosts: Hosts that it may connect to beside this machine.
    """
    if _OWN:
        folder = _OWN[0].resolve()
        folder.mkdir()
    else:
        folder = Path(tempfile.mkdtemp(prefix="ptest-target-")).resolve()
    os.chdir(folder)
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)  # what it makes there is its own, too
    hosts = LOOPBACK | set(allow_hosts)
    rules: Mapping[str, Callable[[tuple[Any, ...]], str]] = {
        "socket.connect": lambda args: _connects(args[1], hosts),
        "socket.sendto": lambda args: _connects(args[1], hosts),
        "socket.getaddrinfo": lambda args: _resolves(args[0], hosts),
        "open": lambda args: _opens(args, folder),
        **{name: partial(_changes, name, folder=folder) for name in CHANGES},
        **dict.fromkeys(_STARTS, lambda args: f"start {str(args[:1])[1:80]}"),
    }

    def hook(event: str, args: tuple[Any, ...]) -> None:
        """Refuse what a rule names."""
        rule = rules.get(event)
        wanted = rule(args) if rule is not None else ""
        if wanted:
            REFUSED.append(wanted)
            raise PermissionError(f"While it is tested, the application may not {wanted}.")

    sys.addaudithook(hook)
    if not allow_hosts:
        _trust_nobody()
    return folder


def _trust_nobody() -> None:
    """Have clients load no certificates: nobody is there for an encrypted connection.

    A client that is made for every request spends most of its time on them.
    """
    for name in ("load_verify_locations", "load_default_certs", "set_default_verify_paths"):
        setattr(ssl.SSLContext, name, _nothing)


def _nothing(*_args: object, **_named: object) -> None:
    """What is done instead."""


def _connects(address: Any, hosts: frozenset[str]) -> str:
    if not isinstance(address, tuple) or str(address[0]) in hosts:
        return ""  # a Unix socket is this machine
    return f"connect to {address[0]} (--allow-host {address[0]} lets it)"


def _resolves(host: Any, hosts: frozenset[str]) -> str:
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    return "" if name in hosts else f"look up {name} (--allow-host {name} lets it)"


def writes(args: tuple[Any, ...]) -> bool:
    """Whether an audit event `open` with these arguments opens a file to write."""
    _, mode, flags = args
    return any(letter in (mode or "") for letter in "wax+") or bool((flags or 0) & _WRITING)


def _opens(args: tuple[Any, ...], folder: Path) -> str:
    path = args[0]
    if not writes(args) or not isinstance(path, str | bytes | os.PathLike):
        return ""
    return _outside(path, folder, "write")


def changed(event: str, args: tuple[Any, ...]) -> list[str]:
    """The paths that an audit event about a change of files names, in full.

    What is named below an open folder (`shutil.rmtree` does so) is looked up there.
    """
    two = event in ("os.rename", "os.link")
    given = {"os.truncate": (), "shutil.move": ()}.get(event, args[2:4] if two else args[-1:])
    below = [one for one in given if isinstance(one, int) and one >= 0]
    base = _folder_of(below[0]) if below else ""
    paths = (one for one in args[:2] if isinstance(one, str | bytes | os.PathLike))
    return [os.path.join(base, os.fsdecode(one)) for one in paths]  # noqa: PTH118 - in a hook


def _folder_of(descriptor: int) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 - in a hook
    except OSError:  # no Linux
        return ""


def _changes(event: str, args: tuple[Any, ...], folder: Path) -> str:
    told = (_outside(one, folder, "change") for one in changed(event, args))
    return next((one for one in told if one), "")


def _outside(path: Any, folder: Path, what: str) -> str:
    place = Path(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100 - resolve() would open files
    if place == Path(os.devnull) or folder in (place, *place.parents):
        return ""
    return f"{what} {place}"
