"""Runs leave the process and the files of whoever embeds the framework as they were."""

from collections.abc import Mapping

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge one execution in which something ended, as a whole."""
    judgement = Judgement()
    if not any(event.kind is EventKind.RUN_ENDED for event in observation.history):
        return judgement.verdict()
    left = observation.left
    judgement.judge(
        not left.changed,
        "process-changed",
        lambda: f"everything had ended, and was not as before: {', '.join(left.changed[:5])}",
    )
    judgement.judge(
        not left.files,
        "file-written",
        lambda: f"nobody named a file, and it {'; it '.join(left.files[:3])}",
    )
    return judgement.verdict()


CLASSES: Mapping[str, OutcomeClass] = {
    "process-changed": OutcomeClass(
        title="Something of the whole process is not put back",
        severity=Severity.MEDIUM,
        why="the application that embeds the framework goes on with another environment, logging,"
        " signal handler or speed, and looks for the reason in its own code",
        type=FindingType.RELIABILITY,
    ),
    "file-written": OutcomeClass(
        title="A file is written that nobody named",
        severity=Severity.HIGH,
        why="it fails on a read-only file system, fills disks, and may hold what must not be kept",
        type=FindingType.RELIABILITY,
    ),
}

LAW = Law(
    id="lifecycle/process-unchanged",
    statement="When all runs have ended, the environment, working folder, locale, import path,"
    " signal handlers, root logger and tracing of their process are as before, and no file was"
    " written that nobody named.",
    category=Category.RELIABILITY,
    capability=Capability.DAG,
    classes=CLASSES,
    check=check,
)
