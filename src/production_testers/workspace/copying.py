"""Copies templates of the workspace into a run folder."""

from collections.abc import Iterable
from pathlib import Path

from production_testers.model.errors import UsageError
from production_testers.workspace.atomic import write_bytes


def copy_templates(sources: Iterable[Path], target: Path) -> None:
    """Copy every file of `sources`, later ones over earlier ones; what stands there is kept.

    Raises:
        UsageError: A source is missing: somebody removed it from the workspace.
    """
    wanted: dict[Path, Path] = {}
    for source in sources:
        if not source.is_dir():
            raise UsageError(f"{source} is missing.", do="`ptest init` puts it back.")
        for path in sorted(source.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                wanted[path.relative_to(source)] = path
    for relative, path in wanted.items():
        if not (target / relative).exists():
            write_bytes(target / relative, path.read_bytes())
