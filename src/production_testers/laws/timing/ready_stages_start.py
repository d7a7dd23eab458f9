"""A stage whose dependencies have ended is not held up by stages that it does not depend on."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.timeline import RunLine, runs, text
from production_testers.model.history import Event, EventKind
from production_testers.model.observation import Observation
from production_testers.model.scenario import BLOCKING
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

TOLERANCE_NS = 5_000_000
"""So much later than it is ready a stage may start: executors may look around now and then."""


def check(observation: Observation) -> Verdict:
    """Judge the first start of every stage that became ready while an independent one worked."""
    judgement = Judgement()
    fired = observation.history.of(EventKind.FAULT_FIRED)
    if any(text(event, "fault") == BLOCKING for event in fired):
        return judgement.verdict()
    for run in runs(observation):
        if run.started is not None and not run.same_request:
            _starts(run, judgement)
    return judgement.verdict()


def _starts(run: RunLine, judgement: Judgement) -> None:
    ancestors = run.pipeline.ancestors()
    spans = {
        name: (line.starts[0], _last_end(run, name)) for name, line in run.stages.items()
        if line.starts
    }  # fmt: skip
    for name, (start, _) in spans.items():
        ready = _ready(run, name)
        if ready is None:
            continue
        late = ready.time_ns + TOLERANCE_NS
        beside = [
            (begun, other)
            for other, (begun, until) in spans.items()
            if other != name
            and other not in ancestors[name]
            and name not in ancestors[other]
            and begun.time_ns <= late < until
        ]
        if beside:
            judgement.judge(
                start.time_ns <= late,
                "held-up",
                lambda: (
                    f"stage {name} of run {run.key} was ready and started"
                    f" {(start.time_ns - ready.time_ns) / 1e6:.0f} ms later, while {beside[0][1]},"
                    " on which it does not depend, was at work"
                ),
                beside[0][0].seq,
                start.seq,
            )


def _last_end(run: RunLine, stage: str) -> float:
    ends = run.line(stage).ends
    return ends[-1].time_ns if ends else float("inf")


def _ready(run: RunLine, stage: str) -> Event | None:
    """What the stage had to wait for last; None where the history does not say."""
    after = run.pipeline.stage(stage).after
    ends = [run.line(name).ends[-1:] for name in after]
    if not all(ends):
        return None  # a dependency was skipped, or never ended: when that was is not known
    return max((end[0] for end in ends), key=lambda end: end.seq, default=run.started)


LAW = Law(
    id="timing/ready-stages-start",
    statement="A stage starts when its dependencies have ended, while stages that it does not"
    " depend on are at work.",
    category=Category.PERFORMANCE,
    capability=Capability.PARALLEL_STAGES,
    classes={
        "held-up": OutcomeClass(
            title="A stage that is ready waits for one that it does not depend on",
            severity=Severity.MEDIUM,
            why="runs take as long as their stages together, and one slow stage delays all",
            type=FindingType.PERFORMANCE,
        ),
    },
    check=check,
)
