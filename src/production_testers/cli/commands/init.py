"""`ptest init`."""

from pathlib import Path

from production_testers.cli.options import JsonFlag
from production_testers.cli.output import show, show_json
from production_testers.workspace.workspace import FOLDER, Workspace


def init(directory: Path = Path(FOLDER), *, json: JsonFlag = False) -> int:
    """Make a workspace, or add what one lacks.

    Args:
        directory: Where.
        json: Print one JSON document.
    """
    workspace = Workspace.create(directory)
    entries = len(workspace.roadmap().entries)
    if json:
        show_json({"workspace": str(workspace.root), "entries": entries})
    else:
        show(f"{workspace.root} is a workspace with {entries} roadmap entries.")
        show("Next: ptest run CORE-001")
    return 0
