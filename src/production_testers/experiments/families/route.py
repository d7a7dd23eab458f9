"""Recipes of the family ROUTE: which branch is taken, and which are not."""

from production_testers.experiments.recipe import UNIT_SCHEDULES, Recipe, needs

RECIPES = (
    Recipe(
        name="ROUTE-001",
        question="Is exactly one branch of a choice taken, whatever the timing?",
        requires=needs(
            (
                "routing/one-branch",
                2_000,
                "of two to four branches the chosen one must run, and no stage of the others",
            ),
        ),
    ),
    Recipe(
        name="ROUTE-002",
        pipelines="ROUTE-001",
        question="Do the stages of a branch that was not taken stay out, from the first to the"
        " last?",
        requires=needs(
            ("routing/skip-requests", 2_000, "the first stage of a closed branch must not run"),
            ("routing/one-branch", 2_000, "those behind it must not, either"),
        ),
    ),
    Recipe(
        name="ROUTE-003",
        schedules=UNIT_SCHEDULES,
        units=("lazy_registry",),
        question="Does a request that fits no route take the default, or fail with the reason?",
        requires=needs(
            (
                "dag/failure-surfaces",
                200,
                "a router that refuses must fail its run, with its own words",
            ),
            ("routing/one-branch", 400, "the default, and the route that fits, must be taken"),
            (
                "lazy/registry",
                1_000,
                "names that are there and that are not must be told apart, whoever asks first",
            ),
        ),
    ),
    Recipe(
        name="ROUTE-004",
        pipelines="ROUTE-003",
        question="When a router or a gate fails, does anything behind it run or go on?",
        requires=needs(
            ("dag/failed-dependants", 1_000, "no branch may begin behind a router that failed"),
            (
                "lifecycle/nothing-left-running",
                500,
                "branches beside it that have begun must have ended when the run returns",
            ),
        ),
    ),
    Recipe(
        name="ROUTE-005",
        question="At the threshold and one step beside it, is the branch taken that the number"
        " says?",
        requires=needs(
            ("routing/one-branch", 2_000, "the confidence decides which branch is taken"),
            (
                "dag/outputs-delivered",
                4_000,
                "the number must reach the stage that compares it to the last bit",
            ),
        ),
    ),
    Recipe(
        name="ROUTE-006",
        pipelines="ROUTE-001",
        question="Where branches meet again, is what the taken one gave there?",
        requires=needs(
            (
                "dag/outputs-delivered",
                4_000,
                "the stage where branches meet must get what the taken one gave",
            ),
            ("routing/one-branch", 2_000, "and there must be one that was taken"),
        ),
    ),
)
