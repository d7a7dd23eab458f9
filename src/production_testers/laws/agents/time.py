"""An agent takes as long as its model and its tools."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

SPARE_NS = 5_000_000
"""So much longer it may take: executors may look around now and then."""


def check(observation: Observation) -> Verdict:
    """Judge every run that nobody gave up, also beside others."""
    judgement = Judgement()
    for line in calls_of(observation, "run"):
        if line.started is None or line.ended is None or line.given_up is not None:
            continue
        busy_ns = _busy_ns(line)
        took_ns = line.ended.time_ns - line.started.time_ns
        judgement.judge(
            busy_ns is None or took_ns <= busy_ns + SPARE_NS,
            "waits",
            lambda line=line, busy_ns=busy_ns, took_ns=took_ns: (  # type: ignore[misc]
                f"call {line.key} took {took_ns / 1e6:.0f} ms, of which its model and its tools"
                f" worked for {busy_ns / 1e6:.0f} ms"
            ),
            line.started.seq,
            line.ended.seq,
            run=line.key,
        )
    return judgement.verdict()


def _busy_ns(line: CallLine) -> int | None:
    """How long its own code took altogether; None where some of it never ended."""
    if any(work.ended is None for work in line.works):
        return None
    return sum(work.ended.time_ns - work.started.time_ns for work in line.works if work.ended)


LAW = Law(
    id="agents/time",
    statement="An agent has its answer, or says that it has none, as soon as its model and its"
    " tools have done their work, whoever else uses it.",
    category=Category.PERFORMANCE,
    capability=Capability.AGENT_LOOP,
    units=frozenset({"agent_loop"}),
    classes={
        "waits": OutcomeClass(
            title="An agent waits for something else than its model and its tools",
            severity=Severity.MEDIUM,
            why="users wait for each other, or for nothing",
            type=FindingType.PERFORMANCE,
        ),
    },
    check=check,
)
