"""A thousand runs at once all end."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.scale.bursts import overlap
from production_testers.laws.timeline import runs
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

RUNS_MIN = 1_000


def check(observation: Observation) -> Verdict:
    """Judge every run of an execution in which a thousand and more were under way at once."""
    judgement = Judgement()
    if len(observation.scenario.requests) < RUNS_MIN:
        return judgement.verdict()
    lines = [run for run in runs(observation) if run.root == run.key and run.started]
    last = observation.history.events[-1].time_ns
    spans = [
        (run.started.time_ns, run.ended.time_ns if run.ended else last)
        for run in lines
        if run.started
    ]
    if overlap(spans) < RUNS_MIN:
        return judgement.verdict()
    for run in lines:
        judgement.judge(
            run.ended is not None or "hangs" in run.expected.outcomes,
            "never-ends",
            lambda: f"run {run.key} of {len(lines):,} at once never ended",
            run.started.seq if run.started else 0,
        )
    return judgement.verdict()


LAW = Law(
    id="scale/many-runs",
    statement=f"Of {RUNS_MIN:,} and more runs under way at once each ends.",
    category=Category.SCALABILITY,
    capability=Capability.CONCURRENT_RUNS,
    classes={
        "never-ends": OutcomeClass(
            title="A run never ends when a thousand are under way at once",
            severity=Severity.HIGH,
            why="requests are lost under load",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
