"""What goes into the archive of a run, and what is left out of it. Reads and decides only."""

import hashlib
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from production_testers.model.errors import UsageError
from production_testers.workspace.archive_document import LeftOut, Member, Reason
from production_testers.workspace.layout import KEPT_FOR_EVER, is_exempt
from production_testers.workspace.mock_recipes import MockRecipe, recipes_of
from production_testers.workspace.run_folder import RunFolder

LARGE_BYTES = 1024 * 1024
"""Mock data of more than this is large."""

SENSITIVE = "sensitive_"
"""What a name starts with that no archive and no export holds."""

CACHES = frozenset(
    {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".venv"}
)

# Kept readable besides what the specification names: findings are replayed from the evidence and
# the stages that it uses, and the coverage of the roadmap is counted from what was explored.
_ALSO_KEPT = ("results/evidence/", "results/exploration.json", "pipelines/")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePlan:
    """What happens to every file of a run.

    Attributes:
        folders: Of the tarball, relative, in order; without the run's own.
        members: The files and links of the tarball, in order.
        left_out: The rest.
    """

    folders: tuple[str, ...]
    members: tuple[Member, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def kept(self) -> tuple[Member, ...]:
        """The members that stay readable."""
        return tuple(member for member in self.members if is_kept(member.path))

    @property
    def bytes_left_out(self) -> int:
        """How much is not in the tarball."""
        return sum(left.bytes for left in self.left_out)

    @property
    def bytes_before(self) -> int:
        """How much the run holds."""
        return sum(member.bytes for member in self.members) + self.bytes_left_out


def is_kept(path: str) -> bool:
    """Whether a file of a run, named by its relative path, stays readable for ever."""
    return any(
        path.startswith(place) if place.endswith("/") else path == place
        for place in (*KEPT_FOR_EVER, *_ALSO_KEPT)
    )


def plan_archive(run: RunFolder) -> ArchivePlan:
    """Decide about every file of a run.

    Raises:
        UsageError: A file cannot be read, or its name is no UTF-8.
    """
    try:
        return _Planner(run).plan()
    except OSError as error:
        raise UsageError(f"Cannot read {error.filename}: {error.strerror}.") from error


def checksum(path: Path) -> str:
    """SHA-256 of a file, or of a symbolic link's target, in hexadecimal digits."""
    if path.is_symlink():
        return hashlib.sha256(str(path.readlink()).encode()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Planner:
    """Walks a run in a stable order; a folder that is left out is left out as a whole."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self._recipes = recipes_of(run)
        self._folders: list[str] = []
        self._members: list[Member] = []
        self._left_out: list[LeftOut] = []

    def plan(self) -> ArchivePlan:
        self._walk(self._run.path, "")
        return ArchivePlan(
            folders=tuple(self._folders),
            members=tuple(self._members),
            left_out=tuple(self._left_out),
        )

    def _walk(self, folder: Path, prefix: str) -> None:
        for path in sorted(folder.iterdir()):
            relative = prefix + _utf8(path)
            is_folder = path.is_dir() and not path.is_symlink()
            reason = self._reason(path, relative)
            if reason is not None:
                self._leave_out(path, relative + "/" * is_folder, reason)
            elif is_folder:
                self._folders.append(relative)
                self._walk(path, f"{relative}/")
            else:
                size = 0 if path.is_symlink() else path.stat().st_size
                self._members.append(Member(path=relative, bytes=size, sha256=checksum(path)))

    def _reason(self, path: Path, relative: str) -> Reason | None:
        """Why a file or folder is left out; None where it is not."""
        if path.name.startswith(SENSITIVE):
            return Reason.SENSITIVE
        if path.name in CACHES:
            return Reason.TEMPORARY
        if path.is_symlink():
            return None if _stays_inside(path, relative, self._run.path) else Reason.OUTSIDE_LINK
        return None if path.is_dir() else self._reason_of_file(path, relative)

    def _reason_of_file(self, path: Path, relative: str) -> Reason | None:
        if not path.is_file():
            return Reason.NO_FILE
        if relative.startswith("results/logs/"):
            return Reason.LOG
        return Reason.MOCK_DATA if self._is_large(path, relative) else None

    def _is_large(self, path: Path, relative: str) -> bool:
        if relative.startswith("mocks/data/scale/"):
            return not is_exempt(path.name)
        return (
            relative.startswith("mocks/data/")
            and path.stat().st_size > LARGE_BYTES
            and self._recipe(path, relative) is not None
        )

    def _leave_out(self, path: Path, relative: str, reason: Reason) -> None:
        recipe = self._recipe(path, relative)
        self._left_out.append(
            LeftOut(
                path=relative,
                bytes=sum(file.stat().st_size for file in _files(path)),
                reason=reason,
                recipe=recipe,
                command=None if recipe is None else recipe.command,
            )
        )

    def _recipe(self, path: Path, relative: str) -> MockRecipe | None:
        """What makes the file again with the bytes that it has."""
        recipe = self._recipes.get(relative)
        if recipe is None or recipe.sha256 != checksum(path) or not recipe.works():
            return None
        return recipe


def _files(path: Path) -> Iterator[Path]:
    if path.is_symlink():
        return
    if path.is_dir():
        for child in path.iterdir():
            yield from _files(child)
    elif path.is_file():
        yield path


def _stays_inside(path: Path, relative: str, folder: Path) -> bool:
    """Judged as it is judged when the archive is unpacked."""
    link = tarfile.TarInfo(relative)
    link.type, link.linkname = tarfile.SYMTYPE, str(path.readlink())
    try:
        tarfile.data_filter(link, str(folder))
    except tarfile.FilterError:
        return False
    return True


def _utf8(path: Path) -> str:
    try:
        path.name.encode()
    except UnicodeEncodeError:
        raise UsageError(
            f"The name of {str(path)!r} is no UTF-8.", do="Rename it, then archive the run."
        ) from None
    return path.name
