"""`ptest validate`."""

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json
from production_testers.workspace.problems import ProblemSeverity
from production_testers.workspace.validation import validate_root, validate_run


def validate(*runs: str, json: JsonFlag = False, workspace: WorkspacePath = None) -> int:
    """Check run folders against the specification; without arguments, the whole workspace.

    Args:
        runs: Addresses of runs.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    place = find_workspace(workspace)
    chosen = [place.run(address) for address in runs] or list(place.runs())
    problems = [("", problem) for problem in validate_root(place)] if not runs else []
    problems += [(run.address, problem) for run in chosen for problem in validate_run(run)]
    damaged = any(p.severity is ProblemSeverity.ERROR for _, p in problems)
    if json:
        show_json(
            {
                "runs": [run.address for run in chosen],
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
        )
    else:
        for address, problem in problems:
            show(f"{address or 'workspace'}: {problem}")
    return int(damaged)
