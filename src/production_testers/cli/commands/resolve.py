"""`ptest findings resolve`."""

from typing import Annotated

from cyclopts import Parameter

from production_testers.cli.commands.verify import ask_fixed
from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json
from production_testers.evidence.ranges import Answer
from production_testers.model.errors import UsageError
from production_testers.phases.kept import KeptFinding, with_evidence
from production_testers.workspace.clock import iso, utc_now
from production_testers.workspace.documents import Finding, FindingStatus, Resolution
from production_testers.workspace.findings import ResolutionType
from production_testers.workspace.journal import JournalKind

STATUS_OF = {
    ResolutionType.FIXED: FindingStatus.RESOLVED,
    ResolutionType.CANNOT_REPRODUCE: FindingStatus.RESOLVED,
    ResolutionType.WONT_FIX: FindingStatus.WONT_FIX,
    ResolutionType.BY_DESIGN: FindingStatus.WONT_FIX,
    ResolutionType.DUPLICATE: FindingStatus.DUPLICATE,
}

_MUST_BE_GONE = frozenset({ResolutionType.FIXED, ResolutionType.CANNOT_REPRODUCE})
"""What is believed only where the evidence does not show any more."""


def resolve_finding(
    finding: str,
    *,
    type_: Annotated[str, Parameter(name="--type")] = "fixed",
    release: str | None = None,
    commit: str | None = None,
    link: str | None = None,
    details: str = "",
    by: str = "",
    of: str | None = None,
    json: JsonFlag = False,
    workspace: WorkspacePath = None,
) -> int:
    """Record how a finding came to its end: 0 done, 1 refused: it still shows, 2 cannot tell.

    Args:
        finding: Id of the finding.
        type_: fixed, wont_fix, duplicate, by_design or cannot_reproduce.
        release: The release without it, or NAME@PATH, NAME@git+URL#REV; needed for fixed.
        commit: The commit that mends it.
        link: Where the change was discussed.
        details: What was done, or why nothing was.
        by: Who resolved it.
        of: For a duplicate: the id of its original.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    place = find_workspace(workspace)
    kept = KeptFinding.find(place, finding)
    kind = _kind(type_)
    if kind is ResolutionType.FIXED and release is None:
        raise UsageError("--type fixed needs --release.", do="In which release is it gone?")
    if (kind is ResolutionType.DUPLICATE) != (of is not None):
        raise UsageError("--type duplicate and --of ID belong together.")
    original = None if of is None else KeptFinding.find(place, of).finding.id
    if original == finding:
        raise UsageError(f"--of {of}: a finding is no duplicate of itself.")
    steps: tuple[str, ...] = ()
    if kind in _MUST_BE_GONE:
        asked = release or str(kept.defect().sut["version"] or kept.defect().sut["name"])
        sut, seen = ask_fixed(kept, asked)
        gone = seen.answer is Answer.HOLDS
        kept.note("fixed", f"in {asked}: {seen.detail}", sut=str(sut), passed=gone)
        if not gone:
            return _refused(kept, kind, seen.answer, f"{sut}: {seen.detail}", json=json)
        steps = (f"ptest verify {finding} --fixed-in {asked}",)
    resolution = Resolution(
        resolved_by=by or None,
        resolution_type=kind,
        resolution_details=details or None,
        commit_hash=commit,
        pr_link=link,
        release_version=release,
        verification_steps=steps,
    )
    resolved = kept.change(
        lambda one: _resolved(one, resolution, original),
        JournalKind.FINDING_RESOLVED,
        type=kind.value,
        release=release,
    )
    if kind not in _MUST_BE_GONE:
        kept.note("resolved", f"{kind.value} {details}".strip(), sut=kept.sut_label)
    if json:
        show_json({**resolved.finding.as_json(), "exit_code": 0})
    else:
        show(f"{finding}: {kind.value}, now {resolved.finding.status.value}.")
    return 0


def _kind(text: str) -> ResolutionType:
    try:
        return ResolutionType(text)
    except ValueError:
        known = ", ".join(kind.value for kind in ResolutionType)
        raise UsageError(f"--type {text!r}: unknown.", do=f"Known: {known}.") from None


def _refused(
    kept: KeptFinding, kind: ResolutionType, answer: Answer, detail: str, *, json: bool
) -> int:
    code = 1 if answer is Answer.BROKEN else 2
    why = "its evidence still shows on" if code == 1 else "nobody can tell on"
    told = f"{kept.finding.id} is not {kind.value}: {why} {detail}"
    if json:
        show_json({"finding": kept.finding.id, "refused": told, "exit_code": code})
    else:
        show(f"{told}.")
    return code


def _resolved(finding: Finding, resolution: Resolution, original: str | None) -> Finding:
    kind = resolution.resolution_type
    assert kind is not None, "it was chosen"
    related = finding.related_findings
    if original is not None:
        related = (original, *(one for one in related if one != original))
    state = f"fixed in {resolution.release_version}" if kind is ResolutionType.FIXED else kind.value
    return with_evidence(
        finding.model_copy(
            update={
                "status": STATUS_OF[kind],
                "resolved_at": iso(utc_now()),
                "resolution": resolution,
                "related_findings": related,
            }
        ),
        state=state,
    )
