"""Recipes of the family ROUTE: which branch is taken, and which are not."""

from production_testers.experiments.recipe import Recipe, needs

RECIPES: tuple[Recipe, ...] = ()
