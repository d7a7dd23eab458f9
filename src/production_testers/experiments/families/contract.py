"""Recipes of the family CONTRACT: statuses, errors, outputs that are none."""

from production_testers.experiments.recipe import Recipe, needs

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
        question="Does the caller of a run that failed learn in which stage, and why?",
        requires=needs(
            (
                "dag/failure-surfaces",
                600,
                "failures must name their stage and hold its own exception or reason",
            ),
        ),
    ),
)
