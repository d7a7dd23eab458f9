"""Recipes of the family OBS: what the framework tells of its own accord."""

from production_testers.experiments.recipe import UNIT_SCHEDULES, Recipe, needs
from production_testers.laws.cost.observing import OBSERVED

RECIPES = (
    Recipe(
        name="OBS-001",
        data="tenants",
        question="Does every event that the framework emits say which request it belongs to?",
        requires=needs(
            (
                "observability/events-correlated",
                500,
                "events must be found by the request id of their run",
            ),
        ),
    ),
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
        name="OBS-004",
        schedules=UNIT_SCHEDULES,
        units=("event_sink",),
        question="Do callers go on unhurt when the receiver of events is slow or fails, and does"
        " what was taken arrive?",
        requires=needs(
            ("sinks/pressure", 1_000, "slow and failing receivers must not reach the callers"),
            ("sinks/delivery", 1_000, "what was taken must arrive, also when the sink is stopped"),
        ),
    ),
    Recipe(
        name="OBS-005",
        schedules=UNIT_SCHEDULES,
        units=("batch_exporter", "event_file", "event_sink", "fan_out"),
        question="Is every event that was taken written, or its loss told?",
        requires=needs(
            (
                "exporting/fan-out",
                1_000,
                "a place that fails must not cost the others their events",
            ),
            ("exporting/file", 500, "what was written to a file must stand there"),
            (
                "exporting/batches",
                1_000,
                "what an exporter has taken must be written, also at its end",
            ),
            ("sinks/delivery", 1_000, "what a sink has taken must be handed on, also at its end"),
        ),
    ),
    Recipe(
        name="OBS-006",
        pipelines="OBS-001",
        schedules=UNIT_SCHEDULES,
        units=("id_monitor", "trace_context"),
        data="tenants",
        question="Does anything that is told of one run name another one?",
        requires=needs(
            (
                "observability/no-foreign-ids",
                2_000,
                "events and log records of overlapping runs must hold no id but their own",
            ),
            ("tracing/context", 500, "what a task knows of its run must be its own run's"),
            ("identifiers/reuse", 500, "an id that is used again must be noticed"),
        ),
    ),
    Recipe(
        name="OBS-007",
        pipelines="OBS-001",
        schedules=UNIT_SCHEDULES,
        units=("event_sink", "run_summary"),
        data="tenants",
        cost_sizes={OBSERVED: (128, 256, 512)},
        question="Does it cost a bounded number of executed lines a stage that somebody listens,"
        " and no caller any time?",
        requires=needs(
            ("cost/observing", 1, "lines must be counted with and without a listener"),
            ("sinks/pressure", 1_000, "slow listeners must not cost callers time"),
        ),
    ),
)
