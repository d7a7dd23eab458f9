"""Brings an archived run back into its entry's folder.

What was kept readable may have been edited since (a finding was resolved): that counts, not the
tarball. The archive goes when the run is back, so doing it again ends what was interrupted.
"""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from production_testers.model.errors import UsageError
from production_testers.workspace.archive import ArchivePlace, damage, discard
from production_testers.workspace.archive_document import ArchiveDocument, LeftOut
from production_testers.workspace.archive_plan import checksum
from production_testers.workspace.atomic import (
    exclusive,
    put_folder,
    write_bytes,
    write_error,
    writing,
)
from production_testers.workspace.documents import load_config
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.tarball import Packed, copy, read_tarball


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A run that is back.

    Attributes:
        run: Where it stands.
        regenerated: Paths of files that were made again.
        lost: What could not be.
        changed: Paths of files that differ from the tarball, because they were edited since.
    """

    run: RunFolder
    regenerated: tuple[str, ...] = ()
    lost: tuple[LeftOut, ...] = ()
    changed: tuple[str, ...] = ()


def restore(run: RunFolder) -> Restored:
    """Bring a run back, as it was but for what no archive holds and nobody can make again.

    Raises:
        UsageError: It is not archived, stands there already, or its archive is damaged; nothing
            was written then.
        PtestError: The disk fails; the archive is as it was.
    """
    place = ArchivePlace.of(run)
    with exclusive(place.entry):
        discard(place.staging)
        document = _document(place)
        if place.active.path.exists():
            _refuse_another(place, document)
            restored = Restored(run=place.active)
        else:
            restored = _unpack(place, document)
        _remove_archive(place)
    return restored


def _document(place: ArchivePlace) -> ArchiveDocument:
    address = place.active.address
    if not place.document.is_file() and not place.tarball.is_file():
        raise UsageError(f"{address} is not archived.", do="`ptest runs list` shows what is.")
    if not place.document.is_file():
        raise UsageError(
            f"{place.document} is missing, so nobody can check {place.tarball.name}.",
            do=f"Put it back, or unpack by hand: tar --zstd -xf {place.tarball}",
        )
    return ArchiveDocument.load(place.document)


def _refuse_another(place: ArchivePlace, document: ArchiveDocument) -> None:
    """A restore that was killed when the run was back is ended; anything else keeps its files."""
    for member in document.members:
        path = place.active.path / member.path
        standing = path.is_symlink() or path.is_file()
        edited = place.kept.path / member.path
        if not standing or checksum(path) not in {member.sha256, _checksum_of(edited)}:
            raise UsageError(
                f"{place.active.path} stands there already, and its {member.path} is not the"
                " archived one.",
                do="Move that folder away first.",
            )


def _checksum_of(path: Path) -> str | None:
    return checksum(path) if path.is_file() else None


def _unpack(place: ArchivePlace, document: ArchiveDocument) -> Restored:
    place.kept.read_findings()
    load_config(place.kept.config)
    for problem in damage(place.kept):
        raise UsageError(
            f"The archive of {place.active.address} is damaged: {problem}.",
            do="Put back a copy of it; nothing was restored.",
        )
    try:
        _unpack_tarball(place, document)
        changed = _take_edits(place)
        folder = place.staging / place.active.run_id
        made = [left for left in document.left_out if _make(left, folder)]
        put_folder(folder, place.active.path)
    except OSError as error:
        raise write_error(place.staging, error) from error
    finally:
        discard(place.staging)
    return Restored(
        run=place.active,
        regenerated=tuple(left.path for left in made),
        lost=tuple(left for left in document.left_out if left not in made),
        changed=changed,
    )


def _unpack_tarball(place: ArchivePlace, document: ArchiveDocument) -> None:
    """Write every member below the staging folder, and compare it with what archive.json says."""
    run_id = place.active.run_id
    wanted = {member.path: member.sha256 for member in document.members}
    for packed in read_tarball(place.tarball, run_id, place.staging):
        target = place.staging / run_id / packed.path
        seen = _write(packed, target)
        if seen is not None and seen != wanted.pop(packed.path, None):
            raise _differs(place, packed.path)
    for path in wanted:
        raise _differs(place, path)


def _differs(place: ArchivePlace, path: str) -> UsageError:
    return UsageError(
        f"{place.tarball} is damaged: the checksum of {path} is not that of archive.json.",
        do="Put back a copy of both; nothing was restored.",
    )


def _write(packed: Packed, target: Path) -> str | None:
    """Write one member; gives its checksum, None for a folder."""
    if packed.link is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(packed.link)
        return checksum(target)
    if packed.content is None:
        target.mkdir(parents=True, exist_ok=True)
        return None
    with writing(target) as file:
        seen = copy(packed.content, file)
    if packed.executable:
        mode = target.stat().st_mode
        target.chmod(mode | (mode & 0o444) >> 2)
    return seen


def _take_edits(place: ArchivePlace) -> tuple[str, ...]:
    """Take over what was kept readable where it is not as the tarball has it."""
    changed = []
    for path in sorted(place.kept.path.rglob("*")):
        relative = path.relative_to(place.kept.path)
        target = place.staging / place.active.run_id / relative
        if path == place.document or not path.is_file():
            continue
        data = path.read_bytes()
        if not target.is_file() or target.read_bytes() != data:
            write_bytes(target, data)
            changed.append(relative.as_posix())
    return tuple(changed)


def _make(left: LeftOut, folder: Path) -> bool:
    return left.recipe is not None and left.recipe.make(folder / left.path)


def _remove_archive(place: ArchivePlace) -> None:
    """The readable folder goes last: it tells what the tarball was."""
    place.tarball.unlink(missing_ok=True)
    place.remove(place.kept.path)
    with contextlib.suppress(OSError):  # other archives of the entry stand there
        place.tarball.parent.rmdir()
