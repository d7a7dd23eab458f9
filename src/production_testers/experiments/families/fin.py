"""Recipes of the family FIN: finance."""

from production_testers.experiments.recipe import LOAD_SCHEDULES, LoadGoal, Recipe, needs

RECIPES = (
    Recipe(
        name="FIN-001",
        schedules=LOAD_SCHEDULES,
        data="transactions",
        question="Does every payment get the decision that the rules give, at a concurrency of"
        " 100? (`ptest load FIN-001` makes the load of 5,000 a second; here 100 runs of 10"
        " payments overlap.)",
        load=LoadGoal(
            rate_tps=5_000,
            concurrency=100,
            duration_s=300,
            data=("transactions", "valid", 10_000),
            field="payments",
        ),
        requires=needs(
            (
                "dag/result-as-reference",
                2_000,
                "every decision must be the one that the rules give",
            ),
            (
                "isolation/concurrent-runs",
                5_000,
                "a payment's decision must not depend on the others",
            ),
        ),
    ),
)
