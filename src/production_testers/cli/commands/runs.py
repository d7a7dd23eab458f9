"""`ptest runs list`."""

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, table


def list_runs(*, json: JsonFlag = False, workspace: WorkspacePath = None) -> int:
    """List the runs of the workspace, archived ones too.

    Args:
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    rows: list[tuple[object, ...]] = []
    for run in find_workspace(workspace).all_runs():
        if not run.findings.is_file():
            rows.append((run.address, "damaged", "—", "—", run.is_archived))
            continue
        metadata = run.read_findings().metadata
        status, count = metadata.status.value, metadata.total_findings
        rows.append((run.address, status, metadata.started_at, count, run.is_archived))
    if json:
        names = ("run", "status", "started_at", "findings", "archived")
        show_json({"runs": [dict(zip(names, row, strict=True)) for row in rows]})
    else:
        lines = [(*row[:-1], "archived" if row[-1] else "") for row in rows]
        show(table(lines, ("RUN", "STATUS", "STARTED", "FINDINGS", "")))
    return 0
