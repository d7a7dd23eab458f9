"""`ptest aggregate`."""

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json


def aggregate(*, json: JsonFlag = False, workspace: WorkspacePath = None) -> int:
    """Bring aggregated_findings.json up to date with all runs.

    Args:
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    place = find_workspace(workspace)
    document = place.aggregate()
    if json:
        show_json(document.as_json())
    else:
        show(
            f"{place.aggregate_file}: {document.total_findings} findings of"
            f" {document.total_runs} runs."
        )
    return 0
