"""Copies templates of the workspace into a run folder."""

from collections.abc import Iterable
from pathlib import Path

from production_testers.experiments.recipes import GENERAL, Recipe
from production_testers.model.errors import UsageError
from production_testers.workspace.atomic import write_bytes, write_text

_UNITS = '''\
"""Parts of the framework that are used on their own, without a pipeline, in most scenarios."""

from random import Random

from production_testers.testing import Kind, Scenario, draw_usage

UNITS = {units}


def scenario(random: Random, kind: Kind) -> Scenario:
    """One of the units with some callers; the four other modules of this folder draw the rest."""
    return draw_usage(random, kind, UNITS)
'''


def copy_pipelines(templates: Path, recipe: Recipe, target: Path) -> None:
    """Write a run folder's pipelines: the recipe's own files, and the general ones for the rest.

    Raises:
        UsageError: A template is missing.
    """
    pipelines = templates / "pipeline_templates"
    own = pipelines / recipe.name
    sources = [pipelines / GENERAL.name]
    if recipe is not GENERAL and (own.is_dir() or not recipe.units):
        sources.append(own)
    copy_templates(sources, target)
    if recipe.units and not (target / "units.py").exists():
        names = ", ".join(f'"{name}"' for name in recipe.units)
        write_text(target / "units.py", _UNITS.format(units=f"({names},)"))


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
