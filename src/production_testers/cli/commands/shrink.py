"""`ptest shrink`."""

from typing import Annotated

from cyclopts import Parameter

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, tell
from production_testers.evidence.words import exhibit_in_words
from production_testers.model.errors import UsageError
from production_testers.phases.kept import KeptFinding
from production_testers.phases.smaller import ALLOWANCE_MORE, make_smaller
from production_testers.workspace.clock import stopwatch


def shrink(
    finding: str,
    *,
    allowance: Annotated[int, Parameter(name="--allowance")] = ALLOWANCE_MORE,
    json: JsonFlag = False,
    workspace: WorkspacePath = None,
) -> int:
    """Make the evidence of a finding smaller: 0 nothing smaller is left, 1 it does not show.

    Args:
        finding: Id of the finding.
        allowance: Work that may be spent, in stages times runs of what is tried.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    if allowance <= 0:
        raise UsageError(f"--allowance {allowance}: it must be more than 0.")
    kept = KeptFinding.find(find_workspace(workspace), finding)
    defect = kept.defect()
    tell(f"Making the evidence of {finding} smaller")
    elapsed = stopwatch()
    seen = make_smaller(kept, defect, allowance)
    code = 0 if seen.reproduced else 1
    if json:
        show_json({"finding": finding, **seen.as_json(), "exit_code": code})
        return code
    for words in exhibit_in_words(seen.exhibit):
        show(f"  {words}")
    show(f"{seen.detail}.")
    tell(f"{elapsed():.1f} s")
    return code
