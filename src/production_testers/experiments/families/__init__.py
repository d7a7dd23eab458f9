"""Recipes by family of the roadmap, a module each."""

from production_testers.experiments.families import (
    contract,
    core,
    dag,
    enrich,
    route,
    transform,
)
from production_testers.experiments.recipe import Recipe

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for family in (contract, core, dag, enrich, route, transform)
    for recipe in family.RECIPES
}

__all__ = ["RECIPES"]
