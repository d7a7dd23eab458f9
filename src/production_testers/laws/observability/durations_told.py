"""How long the framework says that a stage took is how long it took."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import runs, text
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

TOLERANCE_MS = 2.0
"""For rounding, and for what the framework itself does before and after a stage."""


def check(observation: Observation) -> Verdict:
    """Judge every duration that is told of a stage that was executed once, by the clock.

    A request with an idempotency key may wait for another one with it, and that may count.
    """
    judgement = Judgement()
    keyed = {one.key for one in observation.scenario.requests if one.idempotency_key is not None}
    lines = {run.key: run for run in runs(observation)}
    for event in observation.history.of(EventKind.EMITTED, EventKind.LOGGED):
        told, run = event.value.get("took_ms"), lines.get(event.run)
        if not isinstance(told, int | float) or run is None or run.root in keyed:
            continue
        line = run.line(event.stage)
        if len(line.starts) != 1 or len(line.ends) != 1 or line.status == "stopped":
            continue
        took_ms = (line.ends[0].time_ns - line.starts[0].time_ns) / 1e6
        judgement.judge(
            abs(told - took_ms) <= TOLERANCE_MS,
            "wrong-duration",
            lambda: (
                f"{text(event, 'name')!r} says that stage {event.stage} of run {event.run} took"
                f" {told:g} ms; it took {took_ms:.1f} ms"
            ),
            line.starts[0].seq,
            line.ends[0].seq,
            event.seq,
        )
    return judgement.verdict()


LAW = Law(
    id="observability/durations-told",
    statement=f"What the framework says a stage took is what passed, within {TOLERANCE_MS:g} ms.",
    category=Category.OBSERVABILITY,
    capability=Capability.DURATIONS_TOLD,
    classes={
        "wrong-duration": OutcomeClass(
            title="The framework tells another duration of a stage than the one that passed",
            severity=Severity.MEDIUM,
            why="slow stages are looked for in the wrong place",
        ),
    },
    check=check,
)
