"""`ptest validate`."""

from collections.abc import Iterable, Sequence

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json
from production_testers.model.errors import UsageError
from production_testers.workspace.mending import Made, mend_root, mend_run
from production_testers.workspace.problems import Problem, ProblemSeverity
from production_testers.workspace.roadmap import RoadmapEntry
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.validation import validate_root, validate_run
from production_testers.workspace.workspace import Workspace


def validate(
    *runs: str, fix: bool = False, json: JsonFlag = False, workspace: WorkspacePath = None
) -> int:
    """Check run folders against the specification; without arguments, the whole workspace.

    Args:
        runs: Addresses of runs.
        fix: First make what is missing, as drafts; what stands there is left as it is.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    place = find_workspace(workspace)
    chosen = [place.run(address) for address in runs] or list(place.all_runs())
    made = _mended(place, chosen, root=not runs) if fix else []
    problems = [("", problem) for problem in validate_root(place)] if not runs else []
    problems += [(run.address, problem) for run in chosen for problem in validate_run(run)]
    damaged = any(p.severity is ProblemSeverity.ERROR for _, p in problems)
    if json:
        document = _as_json(chosen, problems, damaged=damaged)
        show_json({**document, "made": [_made_as_json(*one) for one in made]} if fix else document)
        return int(damaged)
    for address, one in made:
        show(f"{address or 'workspace'}: made: {one.path}{' (draft)' if one.is_draft else ''}")
    for address, problem in problems:
        show(f"{address or 'workspace'}: {'not mended: ' if fix else ''}{problem}")
    return int(damaged)


def _mended(place: Workspace, runs: Iterable[RunFolder], *, root: bool) -> list[tuple[str, Made]]:
    entries = _entries(place)
    whole = [run for run in runs if not run.is_archived]  # of the others a tarball has the rest
    made = [(run.address, one) for run in whole for one in mend_run(run, entries.get(run.entry_id))]
    return [*made, *(("", one) for one in mend_root(place))] if root else made


def _entries(place: Workspace) -> dict[str, RoadmapEntry]:
    try:
        return {entry.id: entry for entry in place.roadmap().entries}
    except UsageError:  # validation tells what is wrong with it
        return {}


def _as_json(
    runs: Iterable[RunFolder], problems: Sequence[tuple[str, Problem]], *, damaged: bool
) -> dict[str, object]:
    return {
        "runs": [run.address for run in runs],
        "problems": [
            {
                "run": address,
                "path": problem.path,
                "rule": problem.rule.value,
                "severity": problem.severity.value,
                "message": problem.message,
            }
            for address, problem in problems
        ],
        "damaged": damaged,
    }


def _made_as_json(address: str, made: Made) -> dict[str, object]:
    return {"run": address, "path": made.path, "draft": made.is_draft}
