"""`ptest runs list`."""

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, table


def list_runs(*, json: JsonFlag = False, workspace: WorkspacePath = None) -> int:
    """List the runs of the workspace.

    Args:
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    rows: list[tuple[object, ...]] = []
    for run in find_workspace(workspace).all_runs():
        if not run.findings.is_file():
            rows.append((run.address, "damaged", "—", "—"))
            continue
        metadata = run.read_findings().metadata
        rows.append(
            (run.address, metadata.status.value, metadata.started_at, metadata.total_findings)
        )
    if json:
        names = ("run", "status", "started_at", "findings")
        show_json({"runs": [dict(zip(names, row, strict=True)) for row in rows]})
    else:
        show(table(rows, ("RUN", "STATUS", "STARTED", "FINDINGS")))
    return 0
