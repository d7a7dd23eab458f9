"""Recipes of the family WORK: limits over all runs."""

from production_testers.experiments.recipe import UNIT_SCHEDULES, Recipe, needs

RECIPES = (
    Recipe(
        name="WORK-007",
        schedules=UNIT_SCHEDULES,
        data="transfers",
        units=("admission",),
        question="Does the limit on what is at work at once hold over all callers? (It is a limit"
        " of how many at once; a limit of how many in a time is asked of nobody.)",
        requires=needs(
            (
                "concurrency/admission",
                2_000,
                "however many callers come, no more may be at work than there is room for",
            ),
        ),
    ),
)
