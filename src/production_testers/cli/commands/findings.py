"""`ptest findings list` and `ptest findings show`."""

from typing import Any

from production_testers.cli.commands.bisect import told
from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, table
from production_testers.phases.kept import KeptFinding
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
    kept = KeptFinding.find(find_workspace(workspace), finding)
    found, states = kept.finding, kept.reached()
    if json:
        show_json({**found.as_json(), "states": [state.as_json() for state in states]})
        return 0
    show(f"{found.id}  {found.severity.value}  {found.status.value}  {found.title}\n")
    show(found.description)
    show("\nStates:")
    for state in states:
        sign = "" if state.passed else "NOT "
        where = f" [{state.sut}]" if state.sut else ""
        show(f"  {state.at or '—':20}  {sign}{state.state}{where}: {state.detail}")
    if (known := kept.range()) is not None:
        show("\nRange:")
        for line in told(known):
            show(f"  {line}")
    show(f"\n{_script(found)}")
    show(f"Fingerprint {found.fingerprint}\nReplay: ptest replay {found.id}")
    return 0


def _script(finding: Finding) -> str:
    repro: Any = finding.evidence.get("repro") or {}
    if "file" in repro:
        return f"Script: results/evidence/{finding.id}/{repro['file']} ({repro['lines']} lines)"
    return f"No script: {repro.get('why_not', 'none was written')}."
