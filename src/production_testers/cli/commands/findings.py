"""`ptest findings list` and `ptest findings show`."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from production_testers.cli.commands.bisect import told
from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, table
from production_testers.phases.kept import KeptFinding
from production_testers.phases.set_aside import SetAside, set_aside
from production_testers.workspace.documents import Finding
from production_testers.workspace.workspace import Workspace


def list_findings(
    *, rejected: bool = False, json: JsonFlag = False, workspace: WorkspacePath = None
) -> int:
    """List the findings of all runs, each defect once.

    Args:
        rejected: List instead what is no finding, with the reason: candidates that a gate turned
            down, and proposals that were not promoted.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    place = find_workspace(workspace)
    aside = set_aside(place)
    if rejected:
        return _list_rejected(aside, json=json)
    document = place.aggregate()
    if json:
        show_json(document.as_json())
        return 0
    rows = [
        (f.id, f.severity.value, f.status.value, _state(f), _since(f), f.title)
        for f in document.findings
    ]
    show(table(rows, ("ID", "SEVERITY", "STATUS", "STATE", "SINCE", "TITLE")))
    if aside:
        counts = Counter(f"{one.kind} {one.state}" for one in aside)
        told_so = ", ".join(f"{count} {what}" for what, count in counts.items())
        show(f"\nNot findings: {told_so}. `ptest findings list --rejected` says why.")
    return 0


def _list_rejected(aside: tuple[SetAside, ...], *, json: bool) -> int:
    if json:
        show_json({"rejected": [one.as_json() for one in aside]})
        return 0
    rows = [(one.run, one.what, one.law, one.state, one.reason) for one in aside]
    show(table(rows, ("RUN", "WHAT", "LAW", "STATE", "REASON")))
    return 0


def _state(finding: Finding) -> str:
    return str(finding.evidence.get("state") or "—")


def _since(finding: Finding) -> str:
    known = finding.evidence.get("range")
    return str(known.get("first_bad") or "—") if isinstance(known, dict) else "—"


def show_finding(finding: str, *, json: JsonFlag = False, workspace: WorkspacePath = None) -> int:
    """Show one finding: what is wrong, the smallest scenario, and the states it went through.

    Args:
        finding: Id of the finding.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    place: Workspace = find_workspace(workspace)
    kept = KeptFinding.find(place, finding)
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
    show("\nRange:")
    for line in _range(kept):
        show(f"  {line}")
    show("")
    for line in _more(kept):
        show(line)
    return 0


def _range(kept: KeptFinding) -> list[str]:
    if (known := kept.range()) is not None:
        return told(known)
    reason = kept.finding.evidence.get("not_ranged") or "other releases were not asked"
    return [f"Not ranged: {reason}.", f"Ask every release: ptest bisect {kept.finding.id}"]


def _more(kept: KeptFinding) -> Iterator[str]:
    found = kept.finding
    yield f"Run: {kept.run.address}{_seen(found)}"
    if found.related_findings:
        yield f"Related: {', '.join(found.related_findings)}"
    if found.resolution is not None and found.resolution.resolution_type is not None:
        yield f"Resolved: {found.resolution.resolution_type.value}"
    yield _script(found)
    yield f"Fingerprint {found.fingerprint}"
    yield f"Replay: ptest replay {found.id}"


def _seen(finding: Finding) -> str:
    """In how many schedules, where they were counted."""
    seen: Any = finding.evidence.get("seen") or {}
    if not seen.get("schedules"):
        return ""
    kinds = ", ".join(f"{kind} {count}" for kind, count in seen["kinds"].items())
    of = f" of {seen['broken_so']} that broke the law so" if seen.get("broken_so") else ""
    return f", seen in {seen['schedules']} schedules{of} ({kinds})"


def _script(finding: Finding) -> str:
    repro: Any = finding.evidence.get("repro") or {}
    if "file" in repro:
        return f"Script: results/evidence/{finding.id}/{repro['file']} ({repro['lines']} lines)"
    return f"No script: {repro.get('why_not', 'none was written')}."
