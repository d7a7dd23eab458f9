"""Recipes of the family CONTRACT: shapes, statuses, errors, compatibility."""

from production_testers.experiments.recipe import UNIT_SCHEDULES, Recipe, needs

RECIPES = (
    Recipe(
        name="CONTRACT-001",
        schedules=UNIT_SCHEDULES,
        units=("typed_output",),
        question="Is an output that does not fit its stated shape refused where it is made?",
        requires=needs(
            (
                "contracts/typed",
                1_000,
                "outputs that fit and that do not must be told apart where they are made",
            ),
        ),
    ),
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
        name="CONTRACT-003",
        question="Is what a run hands back when it fails or is cancelled what its stages gave?",
        requires=needs(
            (
                "contract/partial-output",
                50,
                "the results of runs that did not complete must be true",
            ),
            (
                "dag/failed-dependants",
                50,
                "nothing may be done with the output of a stage that failed",
            ),
        ),
    ),
    Recipe(
        name="CONTRACT-004",
        pipelines="DAG-007",
        schedules=UNIT_SCHEDULES,
        units=("run_results", "runner"),
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
            ("results/read", 500, "and of each stage how it ended, and what it gave"),
        ),
    ),
    Recipe(
        name="CONTRACT-005",
        question="Does a stage that gives nothing end well, and one that gives something that is no"
        " output fail?",
        requires=needs(
            (
                "dag/failure-surfaces",
                100,
                "what is no output must fail its run, and the failure must name the stage",
            ),
            ("dag/outputs-in-result", 2_000, "nothing must stand in the result as nothing"),
            ("dag/outputs-delivered", 1_000, "and dependants must be given nothing of it"),
        ),
    ),
    Recipe(
        name="CONTRACT-006",
        schedules=UNIT_SCHEDULES,
        units=("stage_inputs",),
        question="Does a stage get its default where a dependency was skipped, and what was given"
        " where there is something, even if it is empty?",
        requires=needs(
            (
                "inputs/look-ups",
                1_000,
                "dependencies that gave something, nothing, or were skipped must be told apart",
            ),
        ),
    ),
    Recipe(
        name="CONTRACT-007",
        schedules=UNIT_SCHEDULES,
        units=("contracts", "documentation"),
        question="Is a version that breaks readers or writers of an older one said to be breaking,"
        " and does the release accept what it documents?",
        requires=needs(
            (
                "documentation/true",
                1_000,
                "modules, parameters and examples that are documented must be there",
            ),
            (
                "contracts/compatibility",
                500,
                "versions that differ in a field must be called what they are",
            ),
            ("contracts/registry", 500, "a registered version must stay what it is"),
        ),
    ),
    Recipe(
        name="CONTRACT-008",
        schedules=UNIT_SCHEDULES,
        units=("guard_retry", "result_bag"),
        question="Does every attempt see the inputs of the first, and does only what every guard"
        " has seen go on?",
        requires=needs(
            ("guarded/drafts", 1_000, "drafts must be made anew from what the first was made from"),
            ("bags/results", 1_000, "what an attempt gave must stand for that attempt alone"),
        ),
    ),
)
