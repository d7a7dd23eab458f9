"""Recipes of the family CORE: outputs, contexts, and what runs share."""

from production_testers.experiments.recipe import Recipe, needs

RECIPES = (
    Recipe(
        name="CORE-003",
        question="Is a stage given exactly what its dependencies gave, and nothing of others?",
        requires=needs(
            ("dag/outputs-delivered", 2_000, "every output must arrive as it was given"),
            (
                "isolation/declared-inputs",
                2_000,
                "stages with indirect and unrelated stages around them must not see those",
            ),
        ),
    ),
    Recipe(
        name="CORE-007",
        cost_sizes={
            "runs_completed": (250, 500, 1_000),
            "runs_failed": (250, 500, 1_000),
        },
        question="Does a run of a pipeline that has served others, well or badly, end as it would"
        " alone, and is nothing kept of it?",
        requires=needs(
            (
                "isolation/concurrent-runs",
                4_000,
                "runs behind and beside others of one built pipeline must neither see nor stop"
                " each other",
            ),
            ("dag/result-as-reference", 2_000, "what a run gives must follow from its input alone"),
            ("cost/kept-per-run", 1, "a pipeline that serves many runs must not grow with them"),
        ),
    ),
    Recipe(
        name="CORE-009",
        data="values",
        question="Do odd values reach the next stages and the caller as they were given?",
        requires=needs(
            (
                "dag/outputs-delivered",
                2_000,
                "deep, empty, long and unusual values must arrive as they were given",
            ),
            ("dag/outputs-in-result", 1_000, "the caller must get them as they were given"),
        ),
    ),
)
