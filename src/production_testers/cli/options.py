"""Options that several commands have."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, Token

from production_testers.model.errors import UsageError

if TYPE_CHECKING:
    from production_testers.workspace.workspace import Workspace


def _whole(_type: object, tokens: Sequence[Token]) -> int:
    """Cyclopts would round 1.5 to 2; another seed than the one stated replays nothing."""
    try:
        return int(tokens[0].value)
    except ValueError:
        raise UsageError(
            f"{tokens[0].keyword} {tokens[0].value!r}: it is no whole number.",
            do="Write it like 7.",
        ) from None


Seed = Annotated[int, Parameter(converter=_whole)]
Count = Annotated[int, Parameter(converter=_whole)]
Days = Annotated[int, Parameter(converter=_whole)]
JsonFlag = Annotated[bool, Parameter(name="--json", negative="")]
WorkspacePath = Annotated[Path | None, Parameter(name="--workspace")]


def find_workspace(path: Path | None) -> "Workspace":
    """The workspace at `path`, or the nearest one from the current folder.

    Raises:
        UsageError: There is none.
    """
    from production_testers.workspace.workspace import Workspace  # noqa: PLC0415 - half a second

    return Workspace.find(Path.cwd()) if path is None else Workspace.at(path)
