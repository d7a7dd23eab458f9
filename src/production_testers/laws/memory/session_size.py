"""A long conversation stays small."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

TURNS = "session_turns"
"""What is counted: turns of one session, each of 400 characters asked and 400 answered."""

BYTES_MAX = 5_000_000
TURNS_STATED = 1_000


def check(observation: Observation) -> Verdict:
    """Judge the longest session, in proportion to its turns."""
    judgement = Judgement()
    points = sorted((p for p in observation.costs if p.what == TURNS), key=lambda p: p.size)
    if points and points[-1].size >= TURNS_STATED:
        longest = points[-1]
        allowed = BYTES_MAX * longest.size // TURNS_STATED
        judgement.judge(
            longest.operations <= allowed,
            "too-large",
            lambda: (
                f"a session of {longest.size:,} turns keeps {longest.operations:,} bytes, and"
                f" {allowed:,} are allowed"
            ),
        )
    return judgement.verdict()


LAW = Law(
    id="memory/session-size",
    statement=f"A session of {TURNS_STATED:,} turns of 800 characters keeps at most"
    f" {BYTES_MAX:,} bytes.",
    category=Category.SCALABILITY,
    capability=Capability.CONVERSATION_MEMORY,
    units=frozenset({"conversation_memory"}),
    classes={
        "too-large": OutcomeClass(
            title="A session keeps many times what was said in it",
            severity=Severity.MEDIUM,
            why="a service with many open sessions runs out of memory",
            type=FindingType.PERFORMANCE,
        ),
    },
    check=check,
    needs_costs=True,
    measures=TURNS,
)
