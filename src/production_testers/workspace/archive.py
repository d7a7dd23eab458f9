"""The archive of an entry: `archive/run-X.tar.zst`, and beside it `archive/run-X/`, readable.

A run is archived in steps that can each be the last: the tarball is written, read again and
compared; then the readable folder is put beside it; only then the run's own folder goes, first
out of sight and then from the disk. Whatever a killed process left, doing it again ends it.
"""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from production_testers.model.errors import PtestError, UsageError
from production_testers.workspace.archive_document import ArchiveDocument, Tarball
from production_testers.workspace.archive_plan import ArchivePlan, checksum, plan_archive
from production_testers.workspace.atomic import (
    exclusive,
    put_folder,
    write_bytes,
    write_error,
    write_json,
)
from production_testers.workspace.clock import iso, parse_iso, utc_now
from production_testers.workspace.documents import FindingsMetadata, RunStatus
from production_testers.workspace.run_folder import ARCHIVE, RunFolder
from production_testers.workspace.schema import read_bytes
from production_testers.workspace.tarball import (
    SUFFIX,
    checksums,
    read_tarball,
    write_tarball,
)

DAYS = 90
"""A run is archived when it was completed more days ago than these."""

_LEFTOVERS = ".run-*.tmp"


@dataclass(frozen=True, slots=True)
class ArchivePlace:
    """Where the archive of a run is.

    Args:
        active: The run as it stands, or stood, in its entry's folder.
    """

    active: RunFolder

    @classmethod
    def of(cls, run: RunFolder) -> "ArchivePlace":
        """That of a run which may be archived already."""
        entry = run.path.parent.parent if run.is_archived else run.path.parent
        return cls(RunFolder(entry / run.run_id))

    @property
    def entry(self) -> Path:
        """The folder of the entry; who has it for himself may change the archive."""
        return self.active.path.parent

    @property
    def kept(self) -> RunFolder:
        """What stays readable."""
        return RunFolder(self.entry / ARCHIVE / self.active.run_id)

    @property
    def document(self) -> Path:
        """archive.json."""
        return self.kept.path / "archive.json"

    @property
    def tarball(self) -> Path:
        """The compressed run."""
        return self.entry / ARCHIVE / f"{self.active.run_id}{SUFFIX}"

    @property
    def staging(self) -> Path:
        """Where folders are prepared, and where they go before they are removed."""
        return self.entry / ARCHIVE / f".{self.active.run_id}.tmp"

    def remove(self, folder: Path) -> None:
        """Remove a folder: it is gone at once, or still whole.

        Raises:
            PtestError: The disk fails; what is left is out of sight.
        """
        if folder.is_dir():
            discard(self.staging)
            put_folder(folder, self.staging)
        discard(self.staging)


def too_early(run: RunFolder, *, days: int, now: datetime) -> str:
    """Why a run is not archived yet, in one sentence; empty where it may be.

    Raises:
        InvalidDocumentError: Its findings.json is broken.
        UsageError: Its findings.json cannot be read.
    """
    metadata = run.read_findings().metadata
    if metadata.status is RunStatus.IN_PROGRESS:
        return f"{run.address} is in progress."
    if metadata.completed_at is None:
        return f"{run.address} does not say when it was completed."
    if now - parse_iso(metadata.completed_at) > timedelta(days=days):
        return ""
    return f"{run.address} was completed at {metadata.completed_at}, not over {days} days ago."


def archive(run: RunFolder) -> ArchiveDocument:
    """Archive a run that has ended, whatever its age.

    Raises:
        InvalidDocumentError: Its findings.json is broken.
        UsageError: It is in progress or changes meanwhile, another run of its name is archived,
            or a file cannot be read or written.
        PtestError: The disk fails. In every case the run stands where it stood.
    """
    place = ArchivePlace.of(run)
    with exclusive(place.entry):
        metadata = _ended(place)
        discard(place.staging)
        plan = plan_archive(run)
        assert metadata.completed_at is not None, "the run has ended"
        mtime = int(parse_iso(metadata.completed_at).timestamp())
        write_tarball(place.tarball, run.path, plan.folders, plan.members, mtime)
        _compare(place, plan)
        document = _document(place, plan, metadata)
        _keep(place, plan, document)
        _refuse_changes(place, plan)
        place.remove(run.path)
    return document


def finish_interrupted(entry: Path) -> None:
    """Remove what a killed process left in the archive of an entry.

    Raises:
        PtestError: The disk fails.
    """
    if any((entry / ARCHIVE).glob(_LEFTOVERS)):
        with exclusive(entry):
            for path in (entry / ARCHIVE).glob(_LEFTOVERS):
                discard(path)


def discard(path: Path) -> None:
    """Remove a folder or a file that nobody asks for any more.

    Raises:
        PtestError: The disk fails.
    """
    try:
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    except OSError as error:
        raise write_error(path, error) from error


def damage(archived: RunFolder) -> Iterator[str]:
    """What is wrong with the tarball of an archived run; a folder made by hand has none.

    Raises:
        InvalidDocumentError: archive.json is broken.
        UsageError: A file cannot be read.
    """
    place = ArchivePlace.of(archived)
    if place.document.is_file():
        stated = ArchiveDocument.load(place.document).tarball
        if not place.tarball.is_file():
            yield f"{place.tarball.name} is missing"
        elif (seen := checksum(place.tarball)) != stated.sha256:
            yield f"{place.tarball.name} has sha256 {seen}, archive.json says {stated.sha256}"


def _ended(place: ArchivePlace) -> FindingsMetadata:
    """Who the run is; refuses one that goes on, and one whose name another archive has."""
    run = place.active
    if not run.path.is_dir():
        raise UsageError(
            f"{run.path} is gone: another process archived it, or removed it.",
            do="`ptest runs list` shows every run.",
        )
    metadata = run.read_findings().metadata
    if metadata.status is RunStatus.IN_PROGRESS or metadata.completed_at is None:
        raise UsageError(f"{run.address} is in progress.", do=f"`ptest resume {run.address}`.")
    if place.document.is_file():
        other = ArchiveDocument.load(place.document).agent_run_id
        if other != metadata.agent_run_id:
            raise UsageError(
                f"{place.kept.path} is the archive of another run, {other}.",
                do="Give this one a free number.",
            )
    return metadata


def _compare(place: ArchivePlace, plan: ArchivePlan) -> None:
    """Read the tarball again; where it is not what was planned, it goes and the run stays."""
    wanted = {member.path: member.sha256 for member in plan.members}
    try:
        packed = read_tarball(place.tarball, place.active.run_id, place.staging)
        found = checksums(packed)
    except UsageError as error:
        place.tarball.unlink()
        raise PtestError(f"{error.what} The run stays where it is.") from error
    if found != wanted:
        place.tarball.unlink()
        differing = sorted(path for path in wanted | found if wanted.get(path) != found.get(path))
        raise PtestError(
            f"{place.tarball} does not hold {differing[0]} as the run has it.",
            do="The run stays where it is; try again.",
        )


def _document(
    place: ArchivePlace, plan: ArchivePlan, metadata: FindingsMetadata
) -> ArchiveDocument:
    assert metadata.completed_at is not None, "the run has ended"
    size = place.tarball.stat().st_size
    return ArchiveDocument(
        roadmap_entry_id=place.active.entry_id,
        run_id=place.active.run_id,
        agent_run_id=metadata.agent_run_id,
        completed_at=metadata.completed_at,
        archived_at=iso(utc_now()),
        tarball=Tarball(file=place.tarball.name, bytes=size, sha256=checksum(place.tarball)),
        bytes_before=plan.bytes_before,
        bytes_after=size + sum(member.bytes for member in plan.kept),
        kept=tuple(member.path for member in plan.kept),
        members=plan.members,
        left_out=plan.left_out,
    )


def _keep(place: ArchivePlace, plan: ArchivePlan, document: ArchiveDocument) -> None:
    """Put the readable folder beside the tarball; what an earlier attempt left there goes."""
    for member in plan.kept:
        write_bytes(place.staging / member.path, read_bytes(place.active.path / member.path))
    write_json(place.staging / place.document.name, document.as_json())
    discard(place.kept.path)
    put_folder(place.staging, place.kept.path)


def _refuse_changes(place: ArchivePlace, plan: ArchivePlan) -> None:
    if plan_archive(place.active) != plan:
        raise UsageError(
            f"{place.active.address} changed while it was archived; it stays where it is.",
            do="End what writes there, then archive it again.",
        )
