"""Recipes of the family CONTRACT: statuses, errors, outputs that are none."""

from production_testers.experiments.recipe import UNIT_SCHEDULES, Recipe, needs

RECIPES = (
    Recipe(
        name="CONTRACT-002",
        question="Has every status that a stage can end with the effect that is documented?",
        requires=needs(
            ("dag/status-effect", 300, "retry, cancel and skip must do what they say"),
            ("dag/failure-surfaces", 300, "a stage that fails must fail its run"),
            ("dag/outputs-in-result", 2_000, "the result must give each stage its own status"),
        ),
    ),
    Recipe(
        name="CONTRACT-004",
        pipelines="DAG-007",
        schedules=UNIT_SCHEDULES,
        units=("runner",),
        question="Does whoever starts a run learn how it ended, in which stage it failed, and why?",
        requires=needs(
            (
                "dag/failure-surfaces",
                100,
                "failures must name their stage and hold its own exception or reason",
            ),
            (
                "running/answers",
                1_000,
                "stages fail in two ways, and the answer must hold the cause",
            ),
        ),
    ),
)
