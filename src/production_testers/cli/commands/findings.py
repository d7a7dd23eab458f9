"""`ptest findings list` and `ptest findings show`."""

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, table
from production_testers.model.errors import UsageError
from production_testers.workspace.documents import Finding


def list_findings(*, json: JsonFlag = False, workspace: WorkspacePath = None) -> int:
    """List the findings of all runs, each defect once.

    Args:
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    document = find_workspace(workspace).aggregate()
    if json:
        show_json(document.as_json())
        return 0
    rows = [(f.id, f.severity.value, f.status.value, f.title) for f in document.findings]
    show(table(rows, ("ID", "SEVERITY", "STATUS", "TITLE")))
    return 0


def show_finding(finding: str, *, json: JsonFlag = False, workspace: WorkspacePath = None) -> int:
    """Show one finding: what is wrong, the smallest scenario, and the states it went through.

    Args:
        finding: Id of the finding.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    found = _find(finding, workspace)
    if json:
        show_json(found.as_json())
        return 0
    show(f"{found.id}  {found.severity.value}  {found.status.value}  {found.title}\n")
    show(found.description)
    show("\nStates:")
    states = found.evidence.get("states")
    for state in states if isinstance(states, list) else []:
        show(f"  {state['state']}: {state['detail']}")
    show(f"\nFingerprint {found.fingerprint}\nReplay: ptest replay {found.id}")
    return 0


def _find(finding_id: str, workspace: WorkspacePath) -> Finding:
    place = find_workspace(workspace)
    for run in reversed(place.all_runs()):
        if run.findings.is_file():
            for found in run.read_findings().findings:
                if found.id == finding_id:
                    return found
    raise UsageError(
        f"There is no finding {finding_id!r} in {place.root}.",
        do="`ptest findings list` shows every finding.",
    )
