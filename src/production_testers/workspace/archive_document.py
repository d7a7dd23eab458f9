"""archive.json: what became of every file of an archived run."""

from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from production_testers.workspace.mock_recipes import MockRecipe
from production_testers.workspace.schema import Document, EntryId, RunId, Stamp


def _inner(text: str) -> str:
    path = PurePosixPath(text)
    if not path.parts or path.is_absolute() or ".." in path.parts:
        raise ValueError("it is no path within the run")
    return text


InnerPath = Annotated[str, AfterValidator(_inner)]
"""Relative to the run's folder, with `/`; that of a folder ends in `/`."""

Size = Annotated[int, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Reason(StrEnum):
    """Why a file is in no archive."""

    LOG = "log"
    MOCK_DATA = "large_mock_data"
    SENSITIVE = "sensitive"
    TEMPORARY = "temporary"  # caches and environments, which tools make again
    OUTSIDE_LINK = "link_to_the_outside"
    NO_FILE = "no_file"  # a socket, a pipe, a device


class Member(Document):
    """A file in the tarball."""

    path: InnerPath
    """Where it stood."""
    bytes: Size
    """How long it is."""
    sha256: Sha256
    """Of its bytes; for a symbolic link, of the text of its target."""


class LeftOut(Document):
    """A file, or a folder with all that is in it, that is not in the tarball."""

    path: InnerPath
    """Where it stood."""
    bytes: Size
    """How much it held."""
    reason: Reason
    """Why it is left out."""
    recipe: MockRecipe | None = None
    """What `ptest restore` makes it from; null where nobody can."""
    command: str | None = None
    """The same for people."""


class Tarball(Document):
    """The compressed run."""

    file: str
    """Its name; it stands beside the folder that holds this document."""
    bytes: Size
    """How long it is."""
    sha256: Sha256
    """Of its bytes."""


class ArchiveDocument(Document):
    """archive.json."""

    format: Literal["ptest.archive/1"] = "ptest.archive/1"
    roadmap_entry_id: EntryId
    run_id: RunId
    agent_run_id: str
    """UUID of the run, as its findings.json has it."""
    completed_at: Stamp
    archived_at: Stamp
    tarball: Tarball
    bytes_before: Size
    """Of the run folder."""
    bytes_after: Size
    """Of the tarball and of what is kept readable."""
    kept: tuple[InnerPath, ...]
    """What stands readable beside this document, and is in the tarball too."""
    members: tuple[Member, ...]
    """Every file of the tarball."""
    left_out: tuple[LeftOut, ...]
    """Every file that is not."""
