"""`ptest bundle`."""

from pathlib import Path

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json
from production_testers.workspace.bundle import bundle as write_bundle


def bundle(
    run: str,
    *,
    out: Path | None = None,
    draft: bool = False,
    json: JsonFlag = False,
    workspace: WorkspacePath = None,
) -> int:
    """Pack a run with this package's wheel into a .zip that works wherever it is unpacked.

    Args:
        run: Address of the run, ENTRY/run-….
        out: The file; ENTRY_run-….zip in the current folder by default.
        draft: Pack a run that is still in progress, too.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    place = find_workspace(workspace)
    found = place.whole_run(run)
    target = out or Path(f"{found.entry_id}_{found.run_id}.zip")
    made = write_bundle(found, place.wheels, target, draft=draft)
    if json:
        show_json({"run": found.address, "path": str(made), "bytes": made.stat().st_size})
    else:
        show(str(made))
    return 0
