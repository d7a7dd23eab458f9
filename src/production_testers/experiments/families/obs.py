"""Recipes of the family OBS: what the framework tells of its own accord."""

from production_testers.experiments.recipe import UNIT_SCHEDULES, Recipe, needs

RECIPES = (
    Recipe(
        name="OBS-002",
        pipelines="OBS-001",
        schedules=UNIT_SCHEDULES,
        units=("memory_samples", "run_summary"),
        data="tenants",
        question="Does the framework tell one start and one end of every stage, however it ends?",
        requires=needs(
            (
                "observability/stages-told",
                2_000,
                "stages that end well, fail, raise and skip must be told to start and to end",
            ),
            ("summaries/told", 1_000, "so must they in the summary of a run"),
            (
                "samples/around",
                1_000,
                "code that fails must be measured like code that does not",
            ),
        ),
    ),
    Recipe(
        name="OBS-003",
        pipelines="OBS-001",
        schedules=UNIT_SCHEDULES,
        units=("run_summary",),
        data="tenants",
        question="Is the duration that the framework tells of a stage the one that passed?",
        requires=needs(
            (
                "observability/durations-told",
                1_000,
                "what is told must agree with the clock that our own instruments read",
            ),
            ("summaries/told", 1_000, "summaries of runs must agree with it as well"),
        ),
    ),
    Recipe(
        name="OBS-006",
        pipelines="OBS-001",
        data="tenants",
        question="Does anything that is told of one run name another one?",
        requires=needs(
            (
                "observability/no-foreign-ids",
                2_000,
                "events and log records of overlapping runs must hold no id but their own",
            ),
        ),
    ),
)
