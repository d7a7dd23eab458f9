"""The recipe of an entry: that of its family, the general one, or that of a team's application.

An entry without a recipe of its own runs the general scenarios under the general laws, and is
*inconclusive* at best: the risk that it names was not exercised.
"""

from dataclasses import replace

from production_testers.experiments.families import RECIPES
from production_testers.experiments.family_data import data_for
from production_testers.experiments.recipe import Recipe, needs
from production_testers.laws.target.keeps_nothing import REQUESTS
from production_testers.model.scenario import Kind
from production_testers.model.target import Target

GENERAL = Recipe(name="general")

TARGET = Recipe(
    name="target",
    units=("target",),
    schedules={kind: 100 if kind is Kind.BASELINE else 150 for kind in Kind},
    cost_sizes={REQUESTS: (1_200, 1_500)},
    question="Does the team's own application do what it must when the world misbehaves?",
    requires=needs(
        ("target/as-alone", 300, "requests at the same time must be answered as they are alone"),
    ),
)
"""For a team's own application, whatever the entry."""


def recipe_for_target(target: Target) -> Recipe:
    """What is asked of an application: of one whose requests depend on each other that they end."""
    if target.promises.independent:
        return TARGET
    return replace(TARGET, requires=needs(("units/calls-end", 300, "requests must end")))


def recipe_for(entry_id: str) -> Recipe:
    """The entry's own recipe, or the general one with the data that fit the entry."""
    return RECIPES.get(entry_id) or replace(GENERAL, data=data_for(entry_id))


__all__ = ["GENERAL", "RECIPES", "TARGET", "recipe_for", "recipe_for_target"]
