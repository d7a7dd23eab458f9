"""Options that several commands have."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from production_testers.workspace.workspace import Workspace

JsonFlag = Annotated[bool, Parameter(name="--json", negative="")]
WorkspacePath = Annotated[Path | None, Parameter(name="--workspace")]


def find_workspace(path: Path | None) -> "Workspace":
    """The workspace at `path`, or the nearest one from the current folder.

    Raises:
        UsageError: There is none.
    """
    from production_testers.workspace.workspace import Workspace  # noqa: PLC0415 - half a second

    return Workspace.find(Path.cwd()) if path is None else Workspace.at(path)
