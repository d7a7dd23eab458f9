"""A stage that takes longer than its time-out is stopped, and its run fails."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.timeline import RunLine, runs, text
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.scenario import BLOCKING, OWN_END
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

TOLERANCE = 0.1
"""A time-out may come this much later than stated, as a share of it."""


def check(observation: Observation) -> Verdict:
    """Judge every execution that outlasts the stated time-out, and every run with a late stage."""
    judgement = Judgement()
    fired = observation.history.of(EventKind.FAULT_FIRED)
    if any(text(event, "fault") == BLOCKING for event in fired):
        return judgement.verdict()
    if observation.sut.offers(Capability.STAGE_TIMEOUT):
        for run in runs(observation):
            limit_ms = run.pipeline.stage_timeout_ms
            if limit_ms is not None:
                _durations(run, limit_ms, judgement)
    return judgement.verdict()


def _durations(run: RunLine, limit_ms: float, judgement: Judgement) -> None:
    allowed_ns = limit_ms * (1 + TOLERANCE) * 1e6 + 1e6
    must_fail = run.expected.outcomes and all(o.startswith("failed") for o in run.expected.outcomes)
    for stage, line in run.stages.items():
        for start in line.starts:
            ends = [end for end in line.ends if end.attempt == start.attempt]
            took_ns = ends[0].time_ns - start.time_ns if ends else float("inf")
            if not OWN_END.isdisjoint(run.faults):
                continue  # its own clean-up may take longer
            if not ends and run.ended is not None:
                continue  # left running after its run: another law's matter
            judgement.judge(
                took_ns <= allowed_ns,
                "not-stopped",
                lambda: (
                    f"stage {stage} of run {run.key} went on for {took_ns / 1e6:.0f} ms with a"
                    f" time-out of {limit_ms:.0f} ms"
                ),
                start.seq,
                *(end.seq for end in ends[:1]),
            )
    timed_out = {f"failed:{s}" for s, line in run.stages.items() if line.status == "stopped"}
    if must_fail and run.ended and run.expected.outcomes <= timed_out:
        judgement.judge(
            run.outcome.startswith("failed"),
            "not-reported",
            lambda: f"a stage of run {run.key} timed out, and the run ended {run.outcome!r}",
            run.ended.seq,
        )


LAW = Law(
    id="timing/timeout-enforced",
    statement="A stage that takes longer than the time-out stated for it is stopped at about that"
    " time, and its run fails.",
    category=Category.RELIABILITY,
    capability=Capability.STAGE_TIMEOUT,
    classes={
        "not-stopped": OutcomeClass(
            title="A stage goes on beyond its time-out",
            severity=Severity.HIGH,
            why="a hung service hangs the pipeline",
            type=FindingType.RELIABILITY,
        ),
        "not-reported": OutcomeClass(
            title="A run does not fail although one of its stages timed out",
            severity=Severity.CRITICAL,
            why="a time-out is reported as success",
        ),
    },
    check=check,
)
