"""Recipes of the family DAG: order, parallelism, failures, many graphs."""

from production_testers.experiments.recipe import (
    BURST_SCHEDULES,
    DEEP_SCHEDULES,
    UNIT_SCHEDULES,
    Recipe,
    needs,
)
from production_testers.model.scenario import Kind

RECIPES = (
    Recipe(
        name="DAG-001",
        question="Is every stage executed once, after all that it depends on?",
        requires=needs(
            ("dag/runs-once", 2_000, "every stage must be executed, and none twice"),
            ("dag/dependencies-first", 2_000, "no stage may start before its dependencies ended"),
        ),
    ),
    Recipe(
        name="DAG-002",
        schedules=UNIT_SCHEDULES,
        units=("builder", "lint", "stage_forms"),
        question="Is exactly what cannot run refused, before anything runs, and is what can run"
        " executed as it was stated?",
        requires=needs(
            ("lint/faults", 1_000, "a look before building must find the same faults"),
            ("lint/command", 200, "and so must the command that a build calls"),
            (
                "building/possible",
                1_000,
                "loops, unknown names and names used twice must be refused, and nothing else",
            ),
            ("building/forms", 500, "classes, objects and functions must be executed as such"),
        ),
    ),
    Recipe(
        name="DAG-003",
        question="Does a stage start when it can, while independent ones are at work?",
        requires=needs(
            (
                "timing/ready-stages-start",
                2_000,
                "stages must not wait for stages that they do not depend on",
            ),
        ),
    ),
    Recipe(
        name="DAG-004",
        question="Does every run end, in whatever order its stages complete?",
        requires=needs(
            (
                "dag/outcome-allowed",
                2_000,
                "runs whose stages end in every order, also at the same moment, must end",
            ),
            ("lifecycle/nothing-left-running", 2_000, "a run must not wait for what is over"),
        ),
    ),
    Recipe(
        name="DAG-005",
        schedules=DEEP_SCHEDULES,
        cost_sizes={"fan_out": (250, 500, 1_000)},
        question="Can 500 and more parallel stages be executed, and at what cost?",
        requires=needs(
            ("scale/width", 10, "500 and more parallel stages must complete"),
            (
                "cost/operations-per-stage",
                1,
                "the work of one stage must not grow with the number of stages",
            ),
        ),
    ),
    Recipe(
        name="DAG-006",
        schedules=DEEP_SCHEDULES,
        cost_sizes={"chain": (500, 1_000, 2_000)},
        question="Can a thousand and more stages in a row be executed, and at what cost?",
        requires=needs(
            ("scale/depth", 4, "chains of 1,000 and more stages must complete"),
            (
                "cost/operations-per-stage",
                1,
                "the work of one stage must not grow with the number of stages",
            ),
        ),
    ),
    Recipe(
        name="DAG-007",
        question="When a stage fails, what becomes of its siblings, and of those behind it?",
        requires=needs(
            (
                "dag/failed-dependants",
                300,
                "what stands behind a stage that failed must not be executed",
            ),
            (
                "lifecycle/nothing-left-running",
                500,
                "siblings must have been stopped, or have ended, when their run returns",
            ),
            ("dag/failure-surfaces", 300, "the run must fail in the stage that failed"),
            ("contract/partial-output", 50, "what siblings gave must be what the caller gets"),
        ),
    ),
    Recipe(
        name="DAG-008",
        question="Do exactly the stages of the chosen branches run?",
        requires=needs(
            (
                "routing/skip-requests",
                200,
                "branches that a router excludes must not run, the others must",
            ),
        ),
    ),
    Recipe(
        name="DAG-009",
        question="Are hung stages stopped in time, and does cancellation reach everything?",
        requires=needs(
            (
                "timing/timeout-enforced",
                100,
                "stages that hang or are too slow must be stopped by their time-out",
            ),
            (
                "lifecycle/nothing-left-running",
                500,
                "after a time-out, a failure or a cancellation nothing may go on running",
            ),
        ),
    ),
    Recipe(
        name="DAG-010",
        schedules=BURST_SCHEDULES,
        question="Does a run end as it would alone when a burst of runs shares the process?",
        requires=needs(
            ("scale/bursts", 1_000, "runs of bursts of 50 and more must not be left waiting"),
            (
                "isolation/concurrent-runs",
                5_000,
                "runs of a burst must neither see nor stop each other",
            ),
        ),
    ),
    Recipe(
        name="DAG-011",
        question="Does a join wait for its slowest branch, and get what all of them gave?",
        requires=needs(
            ("dag/dependencies-first", 4_000, "a join must start after the slowest branch"),
            ("dag/outputs-delivered", 4_000, "a join must see what the slowest branch gave, too"),
        ),
    ),
    Recipe(
        name="DAG-012",
        schedules={
            Kind.BASELINE: 3,
            Kind.STRESS: 3,
            Kind.CHAOS: 3,
            Kind.ADVERSARIAL: 3,
            Kind.RECOVERY: 3,
        },
        question="Do 1,000 runs that are under way at once all end, as they would alone? (They are"
        " runs of one built pipeline.)",
        requires=needs(
            ("scale/many-runs", 5_000, "each of a thousand runs must end"),
            ("scale/bursts", 5_000, "none may be left waiting while nothing works"),
            ("isolation/concurrent-runs", 10_000, "none may be stopped, or fed, by another"),
        ),
    ),
)
