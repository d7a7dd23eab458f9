"""Recipes of the family ENRICH: sources that are slow, down, stale, or disagree."""

from production_testers.experiments.recipe import UNIT_SCHEDULES, Recipe, needs

RECIPES = (
    Recipe(
        name="ENRICH-001",
        data="documents",
        question="Does a source that is slow delay its run by no more than the time-out?",
        requires=needs(
            ("timing/timeout-enforced", 500, "a stage that waits too long must be stopped"),
            ("timing/never-idle", 500, "and its run must end, or go on, at once"),
        ),
    ),
    Recipe(
        name="ENRICH-002",
        schedules=UNIT_SCHEDULES,
        data="documents",
        units=("failure_modes",),
        question="When a source is down, does the run fail, skip or go on without it as its stage,"
        " or the mode of failure, says?",
        requires=needs(
            (
                "dag/outcome-allowed",
                200,
                "a run must end as the stage decides that could not reach its source",
            ),
            ("dag/failure-surfaces", 50, "where the source is needed, the run must fail in it"),
            ("dag/status-effect", 40, "where it is not, the stage is skipped, and no failure"),
            ("dag/outputs-delivered", 1_000, "what others gave must still arrive"),
            (
                "failures/modes",
                1_000,
                "stages beside and behind a failed one must be told apart",
            ),
        ),
    ),
    Recipe(
        name="ENRICH-003",
        schedules=UNIT_SCHEDULES,
        data="documents",
        units=("answer_store", "idempotent_calls"),
        question="Is an answer that was kept given for as long as it is good, and no longer?",
        requires=needs(
            (
                "store/answers",
                300,
                "what has expired or was put anew must not be given beside what is fresh",
            ),
            (
                "idempotency/once",
                300,
                "calls for the same thing must be answered by one execution, and alike",
            ),
        ),
    ),
    Recipe(
        name="ENRICH-004",
        pipelines="CORE-001",
        schedules=UNIT_SCHEDULES,
        data="documents",
        units=("conflicts", "value_bag"),
        question="Are sources that give different answers to the same question brought together"
        " in the same way, whichever answers first?",
        requires=needs(
            (
                "merge/timing-independent",
                100,
                "sources that end in different orders must give the same value for the same key",
            ),
            ("dag/outputs-delivered", 1_000, "the stage that decides must see every answer"),
            (
                "conflicts/resolved",
                1_000,
                "sources that contradict each other must be seen, and resolved by the rule",
            ),
            ("bags/values", 1_000, "two that write the same key must not both have written it"),
        ),
    ),
    Recipe(
        name="ENRICH-005",
        schedules=UNIT_SCHEDULES,
        units=("idempotent_calls",),
        question="Is a source asked once by simultaneous calls for the same thing?",
        requires=needs(
            (
                "idempotency/once",
                1_000,
                "simultaneous and later calls of a key must be answered by one execution",
            ),
        ),
    ),
    Recipe(
        name="ENRICH-006",
        data="documents",
        question="Do the documents that a run retrieves reach that run, and no other?",
        requires=needs(
            (
                "isolation/tenants",
                1_000,
                "documents of one tenant must not reach another tenant's run",
            ),
            (
                "isolation/concurrent-runs",
                1_000,
                "what one run retrieved must not be handed to another",
            ),
            ("dag/outputs-delivered", 1_000, "what was retrieved must arrive"),
        ),
    ),
)
