"""Recipes of the family LLM: models and what they are given."""

from production_testers.experiments.recipe import UNIT_SCHEDULES, Recipe, needs

RECIPES = (
    Recipe(
        name="LLM-CONTEXT-001",
        schedules=UNIT_SCHEDULES,
        units=("token_budget",),
        question="Is a context never filled beyond its budget, and told what was cut?",
        requires=needs(
            (
                "budget/tokens",
                1_000,
                "what does not fit must be refused, and what is cut must be told",
            ),
        ),
    ),
)
