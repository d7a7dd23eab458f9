"""Recipes of the family CORE: outputs, contexts, and what runs share."""

from production_testers.experiments.recipe import HEAVY_SCHEDULES, UNIT_SCHEDULES, Recipe, needs

RECIPES = (
    Recipe(
        name="CORE-001",
        question="Do the outputs of parallel branches reach the join and the result complete and"
        " unmixed, whatever the timing?",
        requires=needs(
            (
                "merge/timing-independent",
                100,
                "equal branches that end in different orders must merge to the same value",
            ),
            ("dag/outputs-delivered", 1_000, "the join must see what every branch gave"),
            ("dag/outputs-in-result", 1_000, "the result must hold what every branch gave"),
        ),
    ),
    Recipe(
        name="CORE-002",
        schedules=HEAVY_SCHEDULES,
        question="Do more than 100 MB reach the next stages whole, and does the run complete?",
        requires=needs(
            ("scale/large-context", 5, "runs whose stages hand on 100 MB and more must complete"),
            ("dag/outputs-delivered", 20, "stages must receive 100 MB and more as they were given"),
        ),
    ),
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
        name="CORE-004",
        schedules=UNIT_SCHEDULES,
        units=("snapshot",),
        question="Does a snapshot come back from JSON as it was, and stay as it is?",
        requires=needs(
            (
                "context/snapshot",
                1_000,
                "snapshots of every part, with hostile values, must come back equal",
            ),
        ),
    ),
    Recipe(
        name="CORE-005",
        cost_sizes=dict.fromkeys(
            (
                "runs_completed",
                "runs_failed",
                "runs_cancelled",
                "runs_given_up",
                "runs_nested",
            ),
            (250, 500, 1_000),
        ),
        question="Is the memory of a run released when it ends, however it ends?",
        requires=needs(
            (
                "cost/kept-per-run",
                4,
                "what is kept after a thousand runs must be what was kept after five hundred",
            ),
        ),
    ),
    Recipe(
        name="CORE-006",
        data="tenants",
        question="Do the stages of nested pipelines work for the right request, with its input?",
        requires=needs(
            (
                "nesting/context-inherited",
                1_000,
                "identity must be handed down to every stage of a nested pipeline",
            ),
            (
                "dag/outputs-delivered",
                1_000,
                "the input must be handed down, and outputs handed back",
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
        name="CORE-008",
        schedules={kind: 2 * count for kind, count in UNIT_SCHEDULES.items()},
        units=("change_check",),
        question="Does what one stage writes reach another one that reads at the same time, and is"
        " it told where that is checked?",
        requires=needs(
            (
                "isolation/inputs-immutable",
                100,
                "what a stage writes into its input must be seen by nobody else",
            ),
            ("isolation/inputs-stable", 100, "a stage's input must not change while others write"),
            ("isolation/changes-told", 500, "a check for changes must find them"),
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
    Recipe(
        name="CORE-010",
        data="tenants",
        question="Does anything of one tenant reach another tenant's run?",
        requires=needs(
            (
                "isolation/tenants",
                1_000,
                "runs of several tenants overlap in one built pipeline, each with a secret",
            ),
            (
                "isolation/concurrent-runs",
                1_000,
                "a tenant's run must not be stopped by another tenant's",
            ),
        ),
    ),
)
