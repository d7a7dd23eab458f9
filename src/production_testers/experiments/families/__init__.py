"""Recipes by family of the roadmap, a module each."""

from production_testers.experiments.families import (
    agent,
    contract,
    core,
    dag,
    enrich,
    fin,
    guard,
    health,
    llm,
    obs,
    route,
    transform,
    work,
)
from production_testers.experiments.recipe import Recipe

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for family in (
        agent,
        contract,
        core,
        dag,
        enrich,
        fin,
        guard,
        health,
        llm,
        obs,
        route,
        transform,
        work,
    )
    for recipe in family.RECIPES
}

__all__ = ["RECIPES"]
