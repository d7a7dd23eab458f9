"""Collects what exports are made of, from the runs of a workspace."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from production_testers.model.errors import InvalidDocumentError
from production_testers.phases.kept import KeptFinding
from production_testers.phases.scripts import FILE
from production_testers.reports.exports.exported import Exported, Turned
from production_testers.workspace.workspace import Workspace


def exported(workspace: Workspace, finding_ids: Sequence[str]) -> tuple[Exported, ...]:
    """The findings of these ids; of all runs, each defect once, where there are none.

    Raises:
        UsageError: There is no such finding.
        InvalidDocumentError: A history cannot be read.
    """
    if not finding_ids:
        finding_ids = [finding.id for finding in workspace.aggregate().findings]
    return tuple(_exported(workspace, KeptFinding.find(workspace, one)) for one in finding_ids)


def _exported(workspace: Workspace, kept: KeptFinding) -> Exported:
    history, script = kept.folder / "history.jsonl", kept.folder / FILE
    return Exported(
        finding=kept.finding,
        folder=kept.folder.relative_to(workspace.root).as_posix(),
        events=_events(history) if history.is_file() else (),
        script=script.read_text(encoding="utf-8") if script.is_file() else "",
    )


def _events(path: Path) -> tuple[dict[str, Any], ...]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()[1:]
        return tuple(json.loads(line) for line in lines)
    except ValueError as error:
        raise InvalidDocumentError(str(path), (str(error),)) from error


def turned_down(workspace: Workspace) -> tuple[Turned, ...]:
    """The candidates that some gate turned down, of all runs."""
    found = []
    for run in workspace.all_runs():
        path = run.evidence / "rejected.json"
        if path.is_file():
            rejected = json.loads(path.read_text(encoding="utf-8"))["rejected"]
            found += [_turned(run.address, one) for one in rejected]
    return tuple(found)


def _turned(address: str, raw: dict[str, Any]) -> Turned:
    gate = next(step for step in raw["steps"] if not step["passed"])
    return Turned(
        run=address,
        law=raw["law"],
        outcome_class=raw["outcome_class"],
        gate=gate["state"],
        reason=gate["detail"],
    )
