"""Recommended actions: each tied to a finding or to something that the DX phase measured."""

from production_testers.reports import facts
from production_testers.reports.finding_rows import Row
from production_testers.reports.record import RunRecord
from production_testers.workspace.findings import Finding, FindingStatus, Severity

PRIORITY = {
    Severity.CRITICAL: "P0",
    Severity.HIGH: "P0",
    Severity.MEDIUM: "P1",
    Severity.LOW: "P2",
    Severity.INFO: "P2",
}


def actions(record: RunRecord) -> list[Row]:
    """P0 first; only confirmed findings ask for an action."""
    asked = [_action(finding) for finding in facts.confirmed(record)]
    asked += [_dx(point, "friction point", n) for n, point in enumerate(record.friction, start=1)]
    gaps = record.dx.documentation_gaps if record.dx else ()
    asked += [_dx(gap, "documentation gap", n) for n, gap in enumerate(gaps, start=1)]
    return sorted(asked, key=lambda action: str(action["priority"]))


def _action(finding: Finding) -> Row:
    told = finding.recommendation
    what = (told.summary if told else None) or _mend(finding)
    if finding.status is FindingStatus.DUPLICATE and finding.related_findings:
        what = f"With {finding.related_findings[0]}, which it is a duplicate of: {what}"
    return {
        "priority": PRIORITY[finding.severity],
        "action": what,
        "tied_to": finding.id,
        "severity": finding.severity.value,
        "effort": told.estimated_effort.value if told and told.estimated_effort else "",
    }


def _mend(finding: Finding) -> str:
    where = f" in `{finding.component}`" if finding.component else ""
    return f"Mend{where}: {finding.title.strip().rstrip('.')}"


def _dx(what: str, source: str, number: int) -> Row:
    return {
        "priority": "P2",
        "action": what,
        "tied_to": f"{source} {number}",
        "severity": "",
        "effort": "",
    }
