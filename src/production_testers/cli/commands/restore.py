"""`ptest restore`."""

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json
from production_testers.workspace.restore import restore as restore_run


def restore(run: str, *, json: JsonFlag = False, workspace: WorkspacePath = None) -> int:
    """Bring an archived run back, and make again what was left out and can be made again.

    Args:
        run: Address of the run, ENTRY/run-….
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    restored = restore_run(find_workspace(workspace).own_run(run))
    if json:
        show_json(
            {
                "run": restored.run.address,
                "path": str(restored.run.path),
                "regenerated": restored.regenerated,
                "lost": [
                    {"path": left.path, "bytes": left.bytes, "reason": left.reason.value}
                    for left in restored.lost
                ],
                "changed_since": restored.changed,
            }
        )
        return 0
    show(str(restored.run.path))
    for path in restored.regenerated:
        show(f"  {path}: made again")
    for left in restored.lost:
        show(f"  {left.path}: gone for good ({left.reason.value}, {left.bytes} bytes)")
    for path in restored.changed:
        show(f"  {path}: as it was edited since the run was archived")
    return 0
