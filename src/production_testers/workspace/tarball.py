"""A run as one .tar.zst: written with reproducible bytes, read with distrust.

Members stand below a folder with the run's name, in the order of their paths, without owners, all
with the same time; of the permissions, only that a file can be executed is kept.
"""

import hashlib
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from backports import zstd

from production_testers.model.errors import UsageError
from production_testers.workspace.archive_document import Member
from production_testers.workspace.atomic import writing

SUFFIX = ".tar.zst"

_OPTIONS: dict[int, int] = {
    zstd.CompressionParameter.compression_level: 12,
    zstd.CompressionParameter.checksum_flag: 1,
}
_EXECUTABLE, _PLAIN = 0o755, 0o644
_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """One member as it is read back; valid until the next one is asked for.

    Attributes:
        path: Relative to the run.
        link: The target of a symbolic link, else None.
        executable: Whether the file can be executed.
        content: The file's bytes; None for folders and links.
    """

    path: str
    link: str | None
    executable: bool
    content: IO[bytes] | None


def write_tarball(
    target: Path, run: Path, folders: Sequence[str], members: Sequence[Member], mtime: int
) -> None:
    """Pack these folders and files of `run` into `target`.

    Raises:
        UsageError: The place cannot be written to.
        PtestError: A file went away or changed its length meanwhile, or the disk fails.
    """
    # A blank sorts before every letter, as the parts of a path do: a folder before what is in it.
    paths = sorted(["", *folders, *(member.path for member in members)], key=_parts)
    with (
        writing(target) as file,
        zstd.open(file, "wb", options=_OPTIONS) as compressed,
        tarfile.open(fileobj=compressed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in paths:
            _add(tar, run / path, f"{run.name}/{path}".rstrip("/"), mtime)


def read_tarball(path: Path, folder: str, place: Path) -> Iterator[Packed]:
    """The members of a tarball, less the run's own folder.

    Args:
        path: The tarball.
        folder: Below which every member must stand.
        place: The folder that it would be unpacked in; no member may lead out of it.

    Raises:
        UsageError: It is damaged, or holds what `write_tarball` never writes.
    """
    try:
        with (
            closing(zstd.open(path, "rb")) as compressed,
            tarfile.open(fileobj=compressed, mode="r|") as tar,
        ):
            for info in tar:
                yield from _packed(tar, tarfile.data_filter(info, str(place)), folder)
    except (tarfile.TarError, zstd.ZstdError, EOFError, OSError, ValueError) as error:
        raise UsageError(f"{path} is damaged: {error}.", do="Put back a copy of it.") from error


def checksums(packed: Iterator[Packed]) -> dict[str, str]:
    """Path → SHA-256 of every file and link; of a link, that of its target."""
    found = {}
    for member in packed:
        if member.content is not None:
            found[member.path] = copy(member.content, None)
        elif member.link is not None:
            found[member.path] = hashlib.sha256(member.link.encode()).hexdigest()
    return found


def copy(source: IO[bytes], target: IO[bytes] | None) -> str:
    """Copy all bytes, or only read them; gives their SHA-256."""
    checksum = hashlib.sha256()
    while block := source.read(_BLOCK):
        checksum.update(block)
        if target is not None:
            target.write(block)
    return checksum.hexdigest()


def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


def _add(tar: tarfile.TarFile, path: Path, name: str, mtime: int) -> None:
    info = tarfile.TarInfo(name)
    info.mtime = mtime
    if path.is_symlink():
        info.type, info.linkname = tarfile.SYMTYPE, str(path.readlink())
        tar.addfile(info)
    elif path.is_dir():
        info.type, info.mode = tarfile.DIRTYPE, _EXECUTABLE
        tar.addfile(info)
    else:
        with path.open("rb") as file:
            status = path.stat()
            info.size = status.st_size
            info.mode = _EXECUTABLE if status.st_mode & 0o100 else _PLAIN
            tar.addfile(info, file)


def _packed(tar: tarfile.TarFile, info: tarfile.TarInfo, folder: str) -> Iterator[Packed]:
    top, _, path = info.name.partition("/")
    if top != folder or not (info.isreg() or info.isdir() or info.issym()):
        raise tarfile.TarError(f"{info.name!r} does not belong there")
    if path:
        yield Packed(
            path=path,
            link=info.linkname if info.issym() else None,
            executable=info.isreg() and bool(info.mode & 0o100),
            content=tar.extractfile(info) if info.isreg() else None,
        )
