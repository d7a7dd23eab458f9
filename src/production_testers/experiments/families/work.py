"""Recipes of the family WORK: effects, retries, undoing, limits over all runs."""

from production_testers.experiments.recipe import UNIT_SCHEDULES, Recipe, needs
from production_testers.model.scenario import Kind

RECIPES = (
    Recipe(
        name="WORK-001",
        schedules=UNIT_SCHEDULES,
        units=("task_group", "cleanup", "cancel_signal"),
        question="Does everything stop and clean up when work is cancelled?",
        requires=needs(
            (
                "concurrency/task-group",
                500,
                "when one fails or the caller gives up, the others must stop and be cleaned up",
            ),
            (
                "cancellation/cleanup",
                500,
                "clean-ups must be executed once each, in order, in time",
            ),
            ("cancellation/token", 500, "everybody who listens must be told of a cancellation"),
        ),
    ),
    Recipe(
        name="WORK-002",
        data="transfers",
        question="Does a request that is sent again have its effect once?",
        requires=needs(
            (
                "effects/once-per-key",
                300,
                "the same request, sent again while it runs and later, must act once",
            ),
        ),
    ),
    Recipe(
        name="WORK-003",
        schedules=UNIT_SCHEDULES,
        units=(
            "diff",
            "tools",
            "undo_store",
        ),
        question="Can what was done be undone: kept, for as long as promised, once? (Callers ask"
        " for it; a framework that compensates of its own accord is asked nothing more.)",
        requires=needs(
            ("tools/undo", 300, "an action that can be undone must be, when asked, once"),
            ("undo-store/entries", 700, "what an undo needs must be there until its time is over"),
            ("diff/texts", 300, "a recorded change must restore a text"),
            ("diff/patches", 300, "a recorded change must restore a document"),
        ),
    ),
    Recipe(
        name="WORK-004",
        schedules=UNIT_SCHEDULES,
        units=("retry",),
        question="Do retries try as often as they say, after the pauses that they say?",
        requires=needs(
            ("retry/attempts", 1_000, "attempts and the pauses between them must be as stated"),
        ),
    ),
    Recipe(
        name="WORK-005",
        schedules=UNIT_SCHEDULES,
        units=("circuit_breaker",),
        question="Does a circuit breaker open, probe and close when it says?",
        requires=needs(
            (
                "circuit-breaker/states",
                1_000,
                "each call must be executed or refused as the failures before it say",
            ),
        ),
    ),
    Recipe(
        name="WORK-006",
        data="transfers",
        question="Is what was accepted done once, when a process fails, is stopped or is killed in"
        " the middle of it and another one goes on?",
        experiments=(Kind.RECOVERY,),
        requires=needs(
            (
                "recovery/restored",
                50,
                "what follows faults within one process must be as before them, too",
            ),
        ),
    ),
    Recipe(
        name="WORK-007",
        schedules=UNIT_SCHEDULES,
        data="transfers",
        units=("admission",),
        question="Does the limit on what is at work at once hold over all callers? (It is a limit"
        " of how many at once; a limit of how many in a time is asked of nobody.)",
        requires=needs(
            (
                "concurrency/admission",
                2_000,
                "however many callers come, no more may be at work than there is room for",
            ),
        ),
    ),
)
