"""`ptest bisect`."""

from pathlib import Path

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, tell
from production_testers.evidence.bisecting import Revisions, find_revision
from production_testers.evidence.ranges import Range
from production_testers.evidence.ranging import Releases, find_range
from production_testers.experiments.releases import parse_releases
from production_testers.model.errors import UsageError
from production_testers.phases.kept import KeptFinding


def bisect(
    finding: str,
    *,
    releases: str | None = None,
    git: str | None = None,
    repo: Path | None = None,
    json: JsonFlag = False,
    workspace: WorkspacePath = None,
) -> int:
    """Since when is it there, and until when: exit code 0 known, 2 nobody can tell.

    Args:
        finding: Id of the finding.
        releases: Ask only these, such as 0.9.0..1.2.0; every known release by default.
        git: GOOD..BAD: halve the revisions of a local repository instead.
        repo: That repository; the current folder by default.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    if git is not None and releases is not None:
        raise UsageError("--git and --releases exclude each other.", do="Leave one out.")
    if repo is not None and git is None:
        raise UsageError("--repo needs --git GOOD..BAD.")
    kept = KeptFinding.find(find_workspace(workspace), finding)
    defect = kept.defect()
    paths = kept.paths(defect)
    if git is None:
        asked = parse_releases(str(defect.sut["name"]), releases)
        tell(f"Asking {len(asked)} releases")
        with Releases.of(str(defect.sut["name"]), asked, paths) as places:
            found = find_range(defect, places, tell)
        assert found is not None, "nothing stops it"
    else:
        revisions = Revisions.read(repo or Path.cwd(), git)
        tell(f"Halving {len(revisions.names)} revisions")
        found = find_revision(defect, revisions, paths, tell)
    kept.keep_range(found, of="range" if git is None else "revisions")
    code = 2 if found.first_bad is None else 0
    if json:
        show_json({"finding": finding, **found.as_json(), "exit_code": code})
    else:
        show("\n".join(told(found)))
    return code


def told(found: Range) -> list[str]:
    """A range in lines for people."""
    asked = [f"{one.release} {one.answer.value.replace('_', ' ')}" for one in found.observed]
    again = [f"{one.release} {one.answer.value.replace('_', ' ')}" for one in found.retested]
    return [
        found.words,
        f"Confidence {found.confidence}{': ' * bool(found.reasons)}{'; '.join(found.reasons)}.",
        f"Asked: {', '.join(asked)}.",
        *([f"Asked again outside of the range: {', '.join(again)}."] if again else []),
    ]
