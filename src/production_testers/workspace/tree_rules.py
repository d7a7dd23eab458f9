"""Which files a run must hold and how they are named, as `layout` declares it."""

import difflib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from production_testers.workspace.journal import JournalKind
from production_testers.workspace.layout import (
    KEPT_FOR_EVER,
    PLACES_OF_RUN,
    Need,
    Place,
    is_exempt,
    places_in,
)
from production_testers.workspace.naming import is_entry_id, parse_run_name
from production_testers.workspace.problems import Problem, ProblemSeverity, Rule
from production_testers.workspace.run_folder import ARCHIVE, RunFolder

IGNORED = {".pytest_cache", "__pycache__"}
# An abbreviation or a slip, not merely another file of the same kind.
_LIKENESS = 0.8


def missing_places(run: RunFolder, *, in_progress: bool) -> Iterator[Problem]:
    """What must be there and is not.

    Args:
        run: The run.
        in_progress: Whether the run says so; then its research may be still to come.

    Raises:
        InvalidDocumentError: The journal is broken.
    """
    for place in _required(run, in_progress=in_progress):
        path = run.path / place.path
        if _is_there(path, place):
            continue
        if not place.is_folder and (wrong := _misnamed(path)) is not None:
            yield Problem(
                path=f"{place.folder}{wrong}", rule=Rule.MISNAMED, message=f"must be {place.name}"
            )
        elif not _is_told_elsewhere(run, place):
            yield Problem(path=place.path, rule=Rule.REQUIRED, message="is missing")


def places_to_make(run: RunFolder, *, in_progress: bool) -> Iterator[Place]:
    """The required places that are missing, less those that stand there under a wrong name.

    Args:
        run: The run.
        in_progress: As for `missing_places`.

    Raises:
        InvalidDocumentError: The journal is broken.
    """
    for place in _required(run, in_progress=in_progress):
        path = run.path / place.path
        if not _is_there(path, place) and (place.is_folder or _misnamed(path) is None):
            yield place


def names(run: RunFolder) -> Iterator[Problem]:
    """Files whose names do not have the form of their folder, and folders nobody knows."""
    for place in PLACES_OF_RUN:
        if place.naming is None:
            continue
        for path in _files_below(run.path / place.path):
            rule = place.naming
            concerned = fnmatchcase(path.name, rule.files) and not is_exempt(path.name)
            if concerned and not rule.accepts(path.name):
                yield Problem(
                    path=path.relative_to(run.path).as_posix(),
                    rule=Rule.NAMING,
                    message=f"the name must have the form {rule.form}",
                )
    yield from _unknown_folders(run)


def _required(run: RunFolder, *, in_progress: bool) -> Iterator[Place]:
    if run.is_archived:
        kept = (p for p in PLACES_OF_RUN if p.path in KEPT_FOR_EVER or p.top in KEPT_FOR_EVER)
        yield from (place for place in kept if place.need is not Need.OPTIONAL)
        return
    tops = _complete_tops(run)
    if not (in_progress or _broke_off(run)) and _is_first_of_entry(run):
        tops.add("research/")
    for place in PLACES_OF_RUN:
        if place.need is Need.ALWAYS or place.path in tops:
            yield place
        if place.path in tops:
            yield from places_in(place.path)


def _is_there(path: Path, place: Place) -> bool:
    return path.is_dir() if place.is_folder else path.is_file()


def _is_told_elsewhere(run: RunFolder, place: Place) -> bool:
    """One missing thing is one problem: the top folder, or the files of one that is there."""
    if place.need is Need.ALWAYS or place.path == place.top:
        return place.is_folder and place.need is Need.ALWAYS
    return place.is_folder or not (run.path / place.top).is_dir()


def _complete_tops(run: RunFolder) -> set[str]:
    """The top folders that must be there, complete, because of what the run did."""
    journal = run.journal
    conditional = [place for place in PLACES_OF_RUN if place.need is Need.IF_APPLICABLE]
    if journal.last(JournalKind.RUN_STARTED) is not None:
        done = journal.phases_completed()
        return {place.path for place in conditional if place.phase in done}
    # By hand. A folder without a file is not there for git, so it is not there for us.
    return {place.path for place in conditional if any(_files_below(run.path / place.path))}


def _broke_off(run: RunFolder) -> bool:
    """Whether the journal tells of a run that failed or was blocked, maybe in its research."""
    journal = run.journal
    started = journal.last(JournalKind.RUN_STARTED) is not None
    return started and journal.last(JournalKind.RUN_COMPLETED) is None


def _is_first_of_entry(run: RunFolder) -> bool:
    folder = run.path.parent
    if not is_entry_id(folder.name):
        return False
    siblings = [path for place in (folder, folder / ARCHIVE) for path in _children(place)]
    found = [parse_run_name(path.name.partition(".")[0]) for path in siblings]
    return all(name is None or name >= run.name for name in found)


def _misnamed(path: Path) -> str | None:
    """A file beside `path` that nobody specified and whose name nearly is that of `path`."""
    specified = {place.name for place in PLACES_OF_RUN}
    beside = {
        other.name.casefold(): other.name
        for other in _children(path.parent)
        if other.name not in specified and not other.is_dir()
    }
    near = difflib.get_close_matches(path.name.casefold(), beside, n=1, cutoff=_LIKENESS)
    return beside[near[0]] if near else None


def _unknown_folders(run: RunFolder) -> Iterator[Problem]:
    known = {place.path for place in PLACES_OF_RUN}
    for path in _children(run.path):
        if path.is_dir() and f"{path.name}/" not in known and path.name not in IGNORED:
            yield Problem(
                path=f"{path.name}/",
                rule=Rule.UNKNOWN_FOLDER,
                severity=ProblemSeverity.WARNING,
                message="the folder structure has no such folder",
            )


def _files_below(folder: Path) -> Iterator[Path]:
    """The files below a folder, in a stable order, less what tools leave behind."""
    for path in _children(folder):
        if path.is_dir():
            if path.name not in IGNORED:
                yield from _files_below(path)
        elif not path.name.endswith((".pyc", ".tmp")):
            yield path


def _children(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
