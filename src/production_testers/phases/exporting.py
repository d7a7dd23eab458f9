"""Collects what exports are made of, from the runs of a workspace."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from production_testers.phases.exports_of_run import exported_of
from production_testers.phases.kept import KeptFinding
from production_testers.reports import facts, kept
from production_testers.reports.exports.exported import OPEN, Exported, Judged, Outcome, Turned
from production_testers.workspace.documents import RunStatus
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.workspace import Workspace


def exported(workspace: Workspace, finding_ids: Sequence[str]) -> tuple[Exported, ...]:
    """The findings of these ids; of all runs, each defect once, where there are none.

    Raises:
        UsageError: There is no such finding.
        InvalidDocumentError: A history cannot be read.
    """
    if not finding_ids:
        finding_ids = [finding.id for finding in workspace.aggregate().findings]
    kept = (KeptFinding.find(workspace, one) for one in finding_ids)
    return tuple(exported_of(workspace.root, one.run, one.finding) for one in kept)


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


_ENDED_SO = {
    RunStatus.FAILED: (Outcome.ERROR, "it ended with an error of ptest"),
    RunStatus.BLOCKED: (
        Outcome.SKIPPED,
        "the system under test could not be installed or imported",
    ),
    RunStatus.IN_PROGRESS: (Outcome.SKIPPED, "it has not been completed"),
}


def judged(workspace: Workspace) -> tuple[Judged, ...]:
    """What every run says of every law; of a run that did not end well, that alone.

    Raises:
        InvalidDocumentError: A run's record is broken.
    """
    return tuple(one for run in workspace.all_runs() for one in _judged(run))


def _judged(run: RunFolder) -> Iterator[Judged]:
    status = run.read_findings().metadata.status
    if status is not RunStatus.COMPLETED:
        outcome, reason = _ENDED_SO[status]
        yield Judged(run=run.address, what="run", outcome=outcome, reason=reason)
    elif run.record.is_file():
        for law in facts.laws(kept.load(run.record)):
            outcome, reason = _outcome(law)
            yield Judged(run=run.address, what=law.id, outcome=outcome, reason=reason)


def _outcome(law: facts.LawFacts) -> tuple[Outcome, str]:
    """A law fails where a finding stands: a break that no gate let through is nobody's yet."""
    if open_ones := [finding.id for finding in law.findings if finding.status in OPEN]:
        return Outcome.FAILED, f"{', '.join(open_ones)}: broken in {law.broken} of {law.schedules}"
    if law.findings:
        settled = ", ".join(f"{finding.id} {finding.status.value}" for finding in law.findings)
        return Outcome.SKIPPED, f"settled: {settled}"
    if law.broken:
        seen = f"broken in {law.broken} of {law.schedules}"
        return Outcome.SKIPPED, f"unknown: {seen}, and no candidate passed the gates"
    if why := _why_unknown(law):
        return Outcome.SKIPPED, f"unknown: {why}"
    return Outcome.PASSED, ""


def _why_unknown(law: facts.LawFacts) -> str:
    if law.explained:
        return f"not kept in {law.explained}, told by another law's break"
    if law.crashed:
        return f"the law itself failed in {law.crashed}, an error of ours"
    return "" if law.exercised else "it judged nothing"
