"""`ptest findings export`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from production_testers.cli.options import WorkspacePath, find_workspace
from production_testers.cli.output import show, tell
from production_testers.model.errors import UsageError
from production_testers.phases.exporting import exported, judged, turned_down
from production_testers.reports.exports.exported import Exported
from production_testers.reports.exports.issue import issue_text
from production_testers.reports.exports.junit import junit_text
from production_testers.reports.exports.osv import osv_text
from production_testers.reports.exports.sarif import sarif_text
from production_testers.reports.exports.tables import csv_text, json_text
from production_testers.workspace.atomic import write_text
from production_testers.workspace.workspace import Workspace

FORMATS: dict[str, Callable[[Sequence[Exported]], str]] = {
    "markdown": issue_text,
    "sarif": sarif_text,
    "csv": csv_text,
    "json": json_text,
    "osv": osv_text,
}
"""All but junit, which also tells what runs say of laws, and what gates turned down."""


def export_findings(
    *findings: str,
    format_: Annotated[str, Parameter(name="--format")] = "markdown",
    out: Path | None = None,
    json: Annotated[bool, Parameter(name="--json", negative="")] = False,
    workspace: WorkspacePath = None,
) -> int:
    """Write findings for other tools, or as the text of an issue.

    Args:
        findings: Ids of findings; every one of the workspace by default.
        format_: markdown, sarif, junit, csv, json or osv.
        out: The file; standard output by default.
        json: The same as --format json.
        workspace: The workspace; by default the nearest one.
    """
    chosen = "json" if json else format_
    if chosen not in (*FORMATS, "junit"):
        known = ", ".join(sorted((*FORMATS, "junit")))
        raise UsageError(f"--format {format_!r}: unknown.", do=f"Known: {known}.")
    place = find_workspace(workspace)
    found = exported(place, findings)
    text = (
        _junit(place, found, chosen_by_id=bool(findings))
        if chosen == "junit"
        else FORMATS[chosen](found)
    )
    if out is None:
        show(text.rstrip("\n"))
    else:
        write_text(out, text)
        tell(f"{len(found)} findings in {out}")
    return 0


def _junit(place: Workspace, found: Sequence[Exported], *, chosen_by_id: bool) -> str:
    """Findings that somebody named stand alone."""
    if chosen_by_id:
        return junit_text(found, ())
    return junit_text(found, turned_down(place), judged(place))
