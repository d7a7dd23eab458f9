"""The files that a workspace starts with: the package's own copies under `root/`, and the wheel."""

import json
import os
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from production_testers.model.errors import UsageError
from production_testers.workspace.atomic import write_bytes, write_text
from production_testers.workspace.findings import findings_schema
from production_testers.workspace.layout import PLACES_OF_ROOT, Need
from production_testers.workspace.wheel import build_wheel

WHEELS = ".wheels"
"""Where the workspace keeps this package's wheel; run folders refer to it."""

SCHEMA_MARK = "{{ schema }}"
"""Stands in REPORTING_SCHEMA.md where the enforced schema goes."""

# Git would obey a file of its own name inside the repository of this package.
_NAMES = {"gitignore": ".gitignore"}
_NOT_COPIED = {"__pycache__"}


def write_root(root: Path) -> tuple[Path, ...]:
    """Bring a workspace into being, or add what it lacks; a file that stands there is kept.

    Only the wheel is renewed: it belongs to this package, and runs need the present one.

    Returns:
        The files that were added.

    Raises:
        UsageError: `root` is a file, or cannot be written to.
        PtestError: The disk fails, or the package is not installed.
    """
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file.", do="Name a folder, new or existing.")
    added = []
    for relative, data in starting_files():
        path = root / relative
        if not path.exists():
            write_bytes(path, data)
            added.append(path)
    _make_folders(root)
    build_wheel(root / WHEELS)
    return tuple(added)


def put_back(root: Path) -> tuple[str, ...]:
    """Make the required places of the root that are missing, with what a new workspace has there.

    Returns:
        The paths that were added, less the aggregate, which follows from the runs.

    Raises:
        UsageError: `root` cannot be written to.
        PtestError: The disk fails.
    """
    missing = tuple(
        place.path
        for place in PLACES_OF_ROOT
        if place.need is Need.ALWAYS and not os.path.lexists(root / place.path)
    )
    folders = tuple(path for path in missing if path.endswith("/"))
    added = []
    for relative, data in starting_files():
        if relative in missing or relative.startswith(folders):
            write_bytes(root / relative, data)
            added.append(relative)
    for folder in folders:
        if not (root / folder).is_dir():
            write_text(root / folder / ".gitkeep", "")
            added.append(folder)
    return tuple(added)


def starting_files() -> Iterator[tuple[str, bytes]]:
    """Path and content of every file of a new workspace, less the wheel and the aggregate."""
    for relative, data in sorted(_files(resources.files(__package__) / "root", "")):
        head, slash, name = relative.rpartition("/")
        yield head + slash + _NAMES.get(name, name), _filled(data) if name.endswith(".md") else data


def schema_block() -> str:
    """The enforced JSON Schema of findings.json, as it stands in REPORTING_SCHEMA.md."""
    return json.dumps(findings_schema(), indent=2)


def _filled(data: bytes) -> bytes:
    return data.replace(SCHEMA_MARK.encode(), schema_block().encode())


def _make_folders(root: Path) -> None:
    """Folders that no file made; git keeps those that hold one."""
    for place in PLACES_OF_ROOT:
        folder = root / place.path
        if place.is_folder and not place.ours and not folder.is_dir():
            write_text(folder / ".gitkeep", "")


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.name in _NOT_COPIED or item.name.endswith((".pyc", ".tmp")):
            continue
        if item.is_dir():
            yield from _files(item, f"{prefix}{item.name}/")
        else:
            yield prefix + item.name, item.read_bytes()
