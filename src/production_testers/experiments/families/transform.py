"""Recipes of the family TRANSFORM: records, streams and what they cost."""

from production_testers.experiments.recipe import UNIT_SCHEDULES, Recipe, needs
from production_testers.model.scenario import Kind

RECIPES = (
    Recipe(
        name="TRANSFORM-001",
        data="values",
        question="Do equal inputs give equal outputs, whatever runs beside them?",
        requires=needs(
            (
                "dag/result-as-reference",
                2_000,
                "what a transformation gives must follow from its input alone",
            ),
            (
                "merge/timing-independent",
                300,
                "of equal records, what a stage looks up must be equal",
            ),
        ),
    ),
    Recipe(
        name="TRANSFORM-002",
        schedules=UNIT_SCHEDULES,
        units=("chunk_queue",),
        question="Do records that are handed from stage to stage come out in the order of coming?",
        requires=needs(
            (
                "streaming/queue",
                1_000,
                "every record must come out once and in order, whoever produces and consumes",
            ),
        ),
    ),
    Recipe(
        name="TRANSFORM-003",
        schedules={
            Kind.BASELINE: 5,
            Kind.STRESS: 5,
            Kind.CHAOS: 20,
            Kind.ADVERSARIAL: 10,
            Kind.RECOVERY: 10,
        },
        question="Among 10,000 records, one run each and 500 at a time, does a malformed one"
        " cost more than itself?",
        requires=needs(
            (
                "isolation/concurrent-runs",
                20_000,
                "no record may fail, or be given something else, because of a malformed one",
            ),
            ("dag/failure-surfaces", 1, "the malformed record must be told"),
        ),
    ),
    Recipe(
        name="TRANSFORM-004",
        schedules=UNIT_SCHEDULES,
        units=("audio_buffer", "chunk_queue"),
        question="Does a stream hand on more than it may hold, and never hold more? (The stream is"
        " many times larger than what its queue holds; memory itself is measured by `ptest load`.)",
        requires=needs(
            (
                "streaming/queue",
                1_000,
                "a queue must never hold more chunks than fit, and lose none of those beyond",
            ),
            ("streaming/audio", 1_000, "a buffer must hold what fits, and say what it dropped"),
        ),
    ),
    Recipe(
        name="TRANSFORM-005",
        cost_sizes={"fan_out": (128, 256, 512)},
        question="Does a transformation that computes for long, and lets the loop go on now and"
        " then, keep its siblings from starting?",
        requires=needs(
            (
                "timing/siblings-served",
                300,
                "siblings that are ready together must start while the first one computes",
            ),
            (
                "cost/longest-step",
                1,
                "nor may the framework itself keep the loop for longer as pipelines grow",
            ),
        ),
    ),
    Recipe(
        name="TRANSFORM-006",
        schedules=UNIT_SCHEDULES,
        units=("delta", "timestamps"),
        question="Do dates, numbers and text come back as they were written?",
        requires=needs(
            (
                "values/timestamps",
                1_000,
                "moments written in every promised form must be read as those moments",
            ),
            (
                "values/delta",
                1_000,
                "numbers, flags and text must come back from a difference as they were",
            ),
        ),
    ),
)
