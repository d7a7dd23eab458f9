"""A run that is under way is at work: it waits for nothing but its own stages."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.timeline import RunLine, runs
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

TOLERANCE_NS = 100_000_000
"""So long at a time no stage of a run may be at work: executors may poll."""


def check(observation: Observation) -> Verdict:
    """Judge every run that ended: how long at a time none of its stages was at work.

    Left out is who waits for another run with the same idempotency key, or between attempts.
    """
    judgement = Judgement()
    for run in runs(observation):
        tried_again = any(len(line.starts) > 1 for line in run.stages.values())
        if run.started and run.ended and run.stages and not (run.same_request or tried_again):
            _gaps(run, run.started.time_ns, run.ended.time_ns, judgement)
    return judgement.verdict()


def _gaps(run: RunLine, started: int, ended: int, judgement: Judgement) -> None:
    reached = longest = started
    gap, last = 0, ""
    for start, end, stage in sorted(_worked(run, ended)):
        if start - reached > gap:
            gap, longest = start - reached, reached
        if end > reached:
            reached, last = end, stage
    if ended - reached > gap:
        gap, longest = ended - reached, reached
    judgement.judge(
        gap <= TOLERANCE_NS,
        "idle",
        lambda: (
            f"run {run.key} took {(ended - started) / 1e6:.0f} ms; for {gap / 1e6:.0f} ms from"
            f" {(longest - started) / 1e6:.0f} ms on none of its stages was at work"
            + (f" (the last one was {last})" if longest == reached else "")
        ),
        run.started.seq if run.started else 0,
        run.ended.seq if run.ended else 0,
    )


def _worked(run: RunLine, until: int) -> list[tuple[int, int, str]]:
    """When each stage was at work; one that never ended was until the end of its run."""
    return [
        (start.time_ns, line.ends[0].time_ns if line.ends else until, stage)
        for stage, line in run.stages.items()
        for start in line.starts[:1]
    ]


LAW = Law(
    id="timing/never-idle",
    statement="From its start to its end a run is never without a stage at work for more than"
    f" {TOLERANCE_NS // 1_000_000} ms at a time.",
    category=Category.PERFORMANCE,
    capability=Capability.DAG,
    classes={
        "idle": OutcomeClass(
            title="A run waits while none of its stages is at work",
            severity=Severity.MEDIUM,
            why="callers wait longer than the work takes, time-outs included",
            type=FindingType.PERFORMANCE,
        ),
    },
    check=check,
)
