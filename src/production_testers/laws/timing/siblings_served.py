"""Stages that compute in slices let their siblings start."""

from collections import defaultdict

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
from production_testers.model.pipeline import SLICES
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

SLICES_MIN = 40
"""So many passes of the loop are enough to start a handful of stages in, however that is done."""

SIBLINGS_MAX = 8


def check(observation: Observation) -> Verdict:
    """Judge stages with the same dependencies, where asyncio's own order is kept."""
    judgement = Judgement()
    if observation.scenario.feasible:
        for run in runs(observation):
            if run.started is not None and not run.faults:
                _siblings(run, judgement)
    return judgement.verdict()


def _siblings(run: RunLine, judgement: Judgement) -> None:
    same: defaultdict[frozenset[str], list[str]] = defaultdict(list)
    for stage in run.pipeline.stages:
        same[frozenset(stage.after)].append(stage.name)
    for names in same.values():
        begun = [name for name in names if run.line(name).starts]
        if not 2 <= len(begun) == len(names) <= SIBLINGS_MAX:
            continue
        first = min(begun, key=lambda name: run.line(name).starts[0].seq)
        slices = run.pipeline.stage(first).params.get(SLICES)
        ends = run.line(first).ends
        if not (isinstance(slices, int) and slices >= SLICES_MIN and ends):
            continue
        late = [name for name in begun if run.line(name).starts[0].seq > ends[0].seq]
        judgement.judge(
            not late,
            "starved",
            lambda first=first, late=late: (  # type: ignore[misc]
                f"stages {first} and {late[0]} of run {run.key} were ready together; {first}"
                f" computed in {run.pipeline.stage(first).params[SLICES]} slices, and {late[0]}"
                " started when it had ended"
            ),
            ends[0].seq,
            *(run.line(name).starts[0].seq for name in late[:1]),
        )


LAW = Law(
    id="timing/siblings-served",
    statement="A stage that computes for long, and lets the event loop go on now and then, does not"
    " keep a sibling that is ready from starting.",
    category=Category.PERFORMANCE,
    capability=Capability.PARALLEL_STAGES,
    classes={
        "starved": OutcomeClass(
            title="A stage that is ready waits until a sibling has computed all that it has to",
            severity=Severity.MEDIUM,
            why="one heavy transformation delays what does not depend on it",
            type=FindingType.PERFORMANCE,
        ),
    },
    check=check,
)
