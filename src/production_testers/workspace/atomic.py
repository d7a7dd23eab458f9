"""Writes that happen as a whole or not at all, also when the process or the machine dies."""

import contextlib
import errno
import fcntl
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from production_testers.model.errors import PtestError, UsageError

_READ_ONLY = {errno.EACCES, errno.EPERM, errno.EROFS}
_WRONG_PATH = {
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
    errno.ENAMETOOLONG,
    errno.ELOOP,
    errno.ENOTEMPTY,
}
_FULL = {errno.ENOSPC, errno.EDQUOT}


def write_text(path: Path, text: str) -> None:
    r"""Put `text` at `path` as UTF-8 with the newlines it has; folders above are made.

    A lone surrogate, which UTF-8 cannot say, becomes `\ud800` and so on: the same in JSON.

    Raises:
        UsageError: The place cannot be written to, or a folder stands there.
        PtestError: The disk is full, or fails in another way.
    """
    write_bytes(path, text.encode(errors="backslashreplace"))


def write_json(path: Path, value: object) -> None:
    """Put `value` at `path` as JSON, indented by two spaces, keys in the order given.

    Raises:
        TypeError: `value` holds something that JSON cannot say.
        ValueError: `value` holds a number that JSON cannot say.
        UsageError: The place cannot be written to, or a folder stands there.
        PtestError: The disk is full, or fails in another way.
    """
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_bytes(path: Path, data: bytes) -> None:
    """Put `data` at `path`; whoever reads meanwhile sees the old file or the new one.

    Raises:
        UsageError: The place cannot be written to, or a folder stands there.
        PtestError: The disk is full, or fails in another way.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
    except OSError as error:
        raise write_error(path, error) from error


@contextlib.contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A file of any size, written piece by piece; it stands at `path` when the block has ended.

    Raises:
        UsageError: The place cannot be written to, or a folder stands there.
        PtestError: The disk is full, or fails in another way.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _replacing(path) as file:
            yield file
    except OSError as error:
        raise write_error(path, error) from error


def make_folder(path: Path) -> None:
    """Make a folder and those above it; it may be there already.

    Raises:
        UsageError: The place cannot be written to, or something else stands there.
        PtestError: The disk is full, or fails in another way.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(path, error) from error


def put_folder(source: Path, target: Path) -> None:
    """Move a folder within a file system to `target`, where nothing or an empty folder stands.

    Raises:
        UsageError: The place cannot be written to, or something stands there.
        PtestError: The disk is full, or fails in another way.
    """
    try:
        source.rename(target)
    except OSError as error:
        raise write_error(target, error) from error
    _sync_folder(target.parent)


@contextlib.contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Let one process at a time work on `folder`; others that ask wait. Leaves no file behind.

    Raises:
        UsageError: There is no such folder, or it cannot be opened.
        PtestError: The disk fails.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise write_error(folder, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def is_full(error: OSError) -> bool:
    """Whether a disk, or the user's share of it, has no room left."""
    return error.errno in _FULL


def write_error(path: Path, error: OSError) -> PtestError:
    """What the user is told when `path` cannot be written because of `error`."""
    if error.errno in _READ_ONLY:
        return UsageError(
            f"Cannot write {path}: {error.strerror}.",
            do="Make the folder writable, or choose another one.",
        )
    if error.errno in _WRONG_PATH:
        return UsageError(f"Cannot write {path}: {error.strerror}.", do="Choose another path.")
    if is_full(error):
        return PtestError(
            f"Cannot write {path}: {error.strerror}.",
            do="Free some space; the file that stood there is untouched.",
        )
    return PtestError(f"Cannot write {path}: {error.strerror or error}.")


def _replace(path: Path, data: bytes) -> None:
    with _replacing(path) as file:
        file.write(data)


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    temporary, handle = _open_beside(path)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            if path.exists():
                os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def _open_beside(path: Path) -> tuple[Path, int]:
    """A new file in the same folder, with the permissions that the user's umask gives."""
    for number in itertools.count():
        name = path.with_name(f".{path.name[:64]}.{os.getpid()}-{number}.tmp")
        with contextlib.suppress(FileExistsError):
            return name, os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    raise AssertionError("counting never ends")


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; some file systems cannot, which is no reason to fail."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
