"""Recipes of the family GUARD: what guards hide, and what it costs."""

from production_testers.experiments.recipe import Recipe, needs

RECIPES = (
    Recipe(
        name="GUARD-005",
        data="messages",
        question="Does anything that a guard took out of a request stand in an event, a log record"
        " or an error message of the framework?",
        requires=needs(
            (
                "privacy/nothing-personal-told",
                2_000,
                "every request holds a mark that must not be told, also when its run fails",
            ),
        ),
    ),
)
