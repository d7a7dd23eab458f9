"""Nothing of a run is still running when the run has returned."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.timeline import RunLine, runs
from production_testers.model.history import Event, EventKind
from production_testers.model.observation import Observation
from production_testers.model.pipeline import StageKind
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

GRACE_NS = 1_000_000
"""A stage whose cancellation is under way may end this long after its run returned."""

_ACTS = frozenset(
    {
        EventKind.STAGE_STARTED,
        EventKind.STAGE_ENDED,
        EventKind.STAGE_RAISED,
        EventKind.SERVICE_CALLED,
        EventKind.SERVICE_RETURNED,
    }
)


def check(observation: Observation) -> Verdict:
    """Judge every run that returned after it had started a stage."""
    judgement = Judgement()
    for run in runs(observation):
        if run.ended is None or not run.stages:
            continue
        late = _first_act_after(run, run.ended)
        judgement.judge(
            late is None,
            _class_of(run),
            lambda: _summary(run, late),
            run.ended.seq,
            *((late.seq,) if late else ()),
        )
        if run.cancelled is not None:
            _cancelled(run, run.cancelled, judgement)
    return judgement.verdict()


def _cancelled(run: RunLine, cancelled: Event, judgement: Judgement) -> None:
    """Once its caller has cancelled a run, nothing new may start, whether it returns or not."""
    starts = [
        start
        for line in run.stages.values()
        for start in line.starts
        if start.time_ns > cancelled.time_ns + GRACE_NS
    ]
    judgement.judge(
        not starts,
        "cancellation-ignored",
        lambda: (
            f"run {run.key} was cancelled by its caller, and its stage {starts[0].stage} started"
            f" {(starts[0].time_ns - cancelled.time_ns) / 1e6:.3f} ms later"
        ),
        cancelled.seq,
        *(start.seq for start in starts[:1]),
    )


def _first_act_after(run: RunLine, ended: Event) -> Event | None:
    """The first thing a stage did after its run returned, other than being stopped at once."""
    for event in run.events:
        if event.seq <= ended.seq or event.stage in _for_others(run):
            continue
        if event.kind in _ACTS:
            return event
        if event.kind is EventKind.STAGE_STOPPED and event.time_ns > ended.time_ns + GRACE_NS:
            return event
    for stage, line in run.stages.items():
        if len(line.ends) < len(line.starts) and stage not in _for_others(run):
            return line.starts[-1]
    return None


def _for_others(run: RunLine) -> frozenset[str]:
    """Work that goes on because a run of the same request still waits for what it gives."""
    if len(run.same_request) < 2:
        return frozenset()
    return frozenset(s.name for s in run.pipeline.stages if s.kind is StageKind.WORK)


def _class_of(run: RunLine) -> str:
    if run.cancelled is not None or (run.key != run.root and run.outcome == "cancelled"):
        return "after-cancellation"  # a nested run is cancelled by the stage that runs it
    ended = run.outcome.partition(":")[0]
    return {"completed": "after-completion", "cancelled": "after-stop"}.get(ended, "after-failure")


def _summary(run: RunLine, late: Event | None) -> str:
    if late is None or run.ended is None:
        return ""
    if late.seq < run.ended.seq:
        return f"run {run.key} ended {run.outcome!r}; its stage {late.stage} is waiting for ever"
    after = (late.time_ns - run.ended.time_ns) / 1e6
    return (
        f"run {run.key} ended {run.outcome!r}; its stage {late.stage} went on ({late.kind.value}"
        f" {after:.3f} ms later)"
    )


LAW = Law(
    id="lifecycle/nothing-left-running",
    statement="When a run has returned, none of its stages is running any more, and none starts"
    " once its caller has cancelled it.",
    category=Category.RELIABILITY,
    capability=Capability.DAG,
    classes={
        "after-cancellation": OutcomeClass(
            title="Stages go on running after the caller cancelled the run",
            severity=Severity.HIGH,
            why="side effects happen after the caller was told that the run has stopped",
            type=FindingType.RELIABILITY,
            capability=Capability.EXTERNAL_CANCELLATION,
        ),
        "cancellation-ignored": OutcomeClass(
            title="Stages start after the caller cancelled their run",
            severity=Severity.HIGH,
            why="a run that its caller has given up goes on, with side effects",
            type=FindingType.RELIABILITY,
            capability=Capability.EXTERNAL_CANCELLATION,
        ),
        "after-failure": OutcomeClass(
            title="Stages go on running after their run has failed",
            severity=Severity.HIGH,
            why="side effects happen after the caller was told that the run failed",
            type=FindingType.RELIABILITY,
            capability=Capability.CLEANUP_ON_FAILURE,
        ),
        "after-stop": OutcomeClass(
            title="Stages go on running after a stage cancelled the pipeline",
            severity=Severity.HIGH,
            why="side effects happen after the caller was told that the run has stopped",
            type=FindingType.RELIABILITY,
            capability=Capability.STATUS_CANCEL,
        ),
        "after-completion": OutcomeClass(
            title="Stages go on running after their run has completed",
            severity=Severity.HIGH,
            why="the result is handed out before the work is done",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
