"""What is explored: a roadmap entry's own scenarios, or a unit's where no entry is about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from production_testers.experiments.copying import copy_pipelines
from production_testers.experiments.exploration import WorkerPool
from production_testers.experiments.folders import IN_FOLDER, in_folder
from production_testers.experiments.recipe import UNIT_SCHEDULES, Recipe
from production_testers.experiments.recipes import GENERAL, RECIPES
from production_testers.phases.matrix import lay_out


def recipe_named(name: str) -> Recipe:
    """The recipe of an entry, or one that uses the unit of that name and nothing else."""
    unit = Recipe(name=name, units=(name,), schedules=UNIT_SCHEDULES, cost_sizes={})
    return RECIPES.get(name, unit)


class Folders:
    """One folder a recipe, from which jobs import pipelines.

    Args:
        root: Where they are made.
        pool: Who does the jobs.
    """

    def __init__(self, root: Path, pool: WorkerPool) -> None:
        self._root, self._pool = root, pool
        self._made: dict[str, Path] = {}

    def add(self, recipe: Recipe) -> None:
        """Make the recipe's folder, once."""
        if recipe.name in self._made:
            return
        if recipe.name in RECIPES:
            self._made[recipe.name] = lay_out(self._root, recipe.name)
            return
        folder = lay_out(self._root / recipe.name, GENERAL.name)
        templates = resources.files("production_testers.workspace") / "root" / "templates"
        copy_pipelines(Path(str(templates)), recipe, folder / "pipelines")
        self._made[recipe.name] = folder

    def call(self, recipe: Recipe, job: str, arguments: Mapping[str, Any]) -> Any:
        """Have a job done in the recipe's folder, in a child of its own."""
        folder = str(self._made[recipe.name])
        return self._pool.call(IN_FOLDER, in_folder(folder, job, dict(arguments)))


@dataclass(frozen=True, slots=True)
class Place:
    """A recipe's folder with its workers, as `explore` wants it."""

    folders: Folders
    recipe: Recipe
    size: int

    def call(self, job: str, arguments: dict[str, Any]) -> Any:
        """Have a job done there."""
        return self.folders.call(self.recipe, job, arguments)
