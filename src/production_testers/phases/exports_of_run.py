"""What a run's findings are exported from, and the export that stands in the run folder."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from production_testers.model.errors import InvalidDocumentError
from production_testers.phases.scripts import FILE
from production_testers.reports.exports.exported import Exported
from production_testers.reports.exports.sarif import sarif_text
from production_testers.workspace.atomic import write_text
from production_testers.workspace.documents import Finding
from production_testers.workspace.run_folder import RunFolder


def exported_of(root: Path, run: RunFolder, finding: Finding) -> Exported:
    """A finding with what its evidence folder holds.

    Args:
        root: The workspace's, which places are told from.
        run: The run that has it.
        finding: As that run tells it.

    Raises:
        InvalidDocumentError: Its history cannot be read.
    """
    folder = run.evidence_of(finding.id)
    history, script, evidence = (folder / name for name in ("history.jsonl", FILE, "evidence.json"))
    kept = json.loads(evidence.read_text(encoding="utf-8")) if evidence.is_file() else {}
    return Exported(
        finding=finding,
        folder=folder.relative_to(root).as_posix(),
        events=_events(history) if history.is_file() else (),
        offending=tuple((kept.get("verdict") or {}).get("events") or ()),
        script=script.read_text(encoding="utf-8") if script.is_file() else "",
    )


def write_sarif(root: Path, run: RunFolder, findings: Iterable[Finding]) -> None:
    """results/findings.sarif, as of these findings."""
    found = [exported_of(root, run, finding) for finding in findings]
    write_text(run.sarif, sarif_text(found))


def _events(path: Path) -> tuple[dict[str, Any], ...]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()[1:]
        return tuple(json.loads(line) for line in lines)
    except ValueError as error:
        raise InvalidDocumentError(str(path), (str(error),)) from error
