"""Whether a run, or the root of a workspace, keeps the specification.

Silent where it does, also in a fresh clone. What a run must hold beyond the required files
follows from its journal; a folder made by hand has none, and there each top folder that exists
must be complete. What git does not carry (empty folders, ignored logs and data) is never required.
"""

from collections.abc import Iterator

from production_testers.model.errors import InvalidDocumentError, UsageError
from production_testers.workspace.archive import damage
from production_testers.workspace.content_rules import agreements, read_contents
from production_testers.workspace.documents import RunStatus, load_aggregate
from production_testers.workspace.layout import PLACES_OF_ROOT, Need
from production_testers.workspace.naming import is_entry_id, parse_run_name
from production_testers.workspace.problems import Problem, ProblemSeverity, Rule
from production_testers.workspace.run_folder import ARCHIVE, RunFolder
from production_testers.workspace.tarball import SUFFIX
from production_testers.workspace.tree_rules import missing_places, names
from production_testers.workspace.workspace import Workspace

__all__ = ["Problem", "ProblemSeverity", "Rule", "validate_root", "validate_run"]


def validate_run(run: RunFolder) -> tuple[Problem, ...]:
    """Everything that is wrong with a run folder, errors first; nothing where it is fine."""
    contents, problems = read_contents(run)
    found = list(problems)
    try:
        in_progress = contents.status == RunStatus.IN_PROGRESS
        found += missing_places(run, in_progress=in_progress)
        found += agreements(run, contents)
    except InvalidDocumentError as error:
        journal = run.events.relative_to(run.path).as_posix()
        found += (Problem(path=journal, rule=Rule.JOURNAL, message=told) for told in error.problems)
    found += names(run)
    found += _archive_problems(run)
    return _in_order(found)


def validate_root(workspace: Workspace) -> tuple[Problem, ...]:
    """Everything that is wrong outside the run folders, errors first; nothing where it is fine."""
    found = [
        Problem(path=place.path, rule=Rule.REQUIRED, message="is missing")
        for place in PLACES_OF_ROOT
        if place.need is Need.ALWAYS and not (workspace.root / place.path).exists()
    ]
    found += _unknown_siblings(workspace)
    found += _orphans(workspace)
    if workspace.roadmap_file.exists():
        try:
            workspace.roadmap()
        except UsageError as error:
            found.append(Problem(path="ROADMAP.md", rule=Rule.ROADMAP, message=str(error)))
    if workspace.aggregate_file.exists():
        try:
            load_aggregate(workspace.aggregate_file)
        except InvalidDocumentError as error:
            name = workspace.aggregate_file.name
            found += (Problem(path=name, rule=Rule.SCHEMA, message=p) for p in error.problems)
    return _in_order(found)


def _archive_problems(run: RunFolder) -> Iterator[Problem]:
    """What is wrong with the tarball that belongs to an archived run."""
    if not run.is_archived:
        return
    try:
        for told in damage(run):
            yield Problem(path="archive.json", rule=Rule.AGREEMENT, message=told)
    except InvalidDocumentError as error:
        for told in error.problems:
            yield Problem(path="archive.json", rule=Rule.SCHEMA, message=told)


def _orphans(workspace: Workspace) -> Iterator[Problem]:
    """Tarballs of runs of which nothing is readable any more."""
    known = {run.address for run in workspace.all_runs()}
    for path in sorted(workspace.runs_folder.glob(f"*/{ARCHIVE}/run-*{SUFFIX}")):
        name = path.name.removesuffix(SUFFIX)
        if f"{path.parent.parent.name}/{name}" not in known:
            yield Problem(
                path=path.relative_to(workspace.root).as_posix(),
                rule=Rule.REQUIRED,
                message=f"{name}/ with what is kept for ever is missing beside it",
            )


def _unknown_siblings(workspace: Workspace) -> Iterator[Problem]:
    for entry in sorted(workspace.runs_folder.iterdir()):
        if not entry.is_dir() or entry.name.startswith("."):
            continue
        if not is_entry_id(entry.name):
            yield _odd(f"runs/{entry.name}/", "the name is no id of a roadmap entry")
            continue
        for path in sorted(entry.iterdir()):
            if path.name != ARCHIVE and parse_run_name(path.name) is None:
                message = f"only run folders and {ARCHIVE}/ stand in the folder of an entry"
                yield _odd(f"runs/{entry.name}/{path.name}", message)


def _odd(path: str, message: str) -> Problem:
    return Problem(
        path=path,
        rule=Rule.UNKNOWN_SIBLING,
        severity=ProblemSeverity.WARNING,
        message=message,
    )


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.severity.value, problem.path)))
