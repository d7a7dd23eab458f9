"""Lint finds what cannot be executed, and nothing else, in reasonable time."""

from typing import Any

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

CALLS_PER_PAIR = 2
"""Calls that looking at every pair of a stage and a dependency once may take."""


def check(observation: Observation) -> Verdict:
    """Judge every answer."""
    judgement = Judgement()
    for line in calls_of(observation):
        if line.outcome == "returned":
            _answer(line, judgement)
    return judgement.verdict()


def _answer(line: CallLine, judgement: Judgement) -> None:
    stages: Any = line.call.arguments["stages"]
    told: Any = line.value
    after: dict[str, list[str]] = {one["name"]: list(one["after"]) for one in stages}
    missing = {name for name, behind in after.items() if set(behind) - set(after)}
    loops = {name for name in after if name in _behind(name, after)}
    faults = missing | loops
    judgement.judge(
        not faults or not told["valid"],
        "fault-missed",
        lambda: f"call {line.key}: {sorted(faults)} cannot be executed, and nothing is wrong",
        run=line.key,
    )
    judgement.judge(
        bool(faults) or told["valid"],
        "fault-invented",
        lambda: f"call {line.key}: everything can be executed, and {told['faulty']} are wrong",
        run=line.key,
    )
    named = set(told["faulty"])
    judgement.judge(
        missing <= named and (not loops or bool(loops & named)),
        "fault-unnamed",
        lambda: (
            f"call {line.key}: {sorted(missing)} are behind stages that are not there,"
            f" {sorted(loops)} in loops, and {sorted(named)} are said to be wrong"
        ),
        run=line.key,
    )
    pairs = len(after) * (len(after) + sum(len(behind) for behind in after.values()))
    judgement.judge(
        told["calls"] <= CALLS_PER_PAIR * pairs + 100,
        "work-explodes",
        lambda: (
            f"call {line.key}: {told['calls']} calls for {len(after)} stages, which have"
            f" {pairs // len(after) - len(after)} dependencies"
        ),
        run=line.key,
    )


def _behind(name: str, after: dict[str, list[str]]) -> set[str]:
    """Everything that a stage waits for in the end."""
    found: set[str] = set()
    open_ends = list(after[name])
    while open_ends:
        one = open_ends.pop()
        if one not in found:
            found.add(one)
            open_ends += after.get(one, [])
    return found


LAW = Law(
    id="lint/faults",
    statement="Lint finds a fault exactly where a stage is behind one that is not there or, in the"
    " end, behind itself; names each of the first kind and one of each loop; and needs no more"
    " work than looking at every stage and dependency from every stage.",
    category=Category.CORRECTNESS,
    capability=Capability.LINT,
    units=frozenset({"lint"}),
    classes={
        "fault-missed": OutcomeClass(
            title="Lint finds nothing wrong with stages that cannot be executed",
            severity=Severity.MEDIUM,
            why="what it is there to find is found in production",
        ),
        "fault-invented": OutcomeClass(
            title="Lint finds something wrong with stages that can be executed",
            severity=Severity.MEDIUM,
            why="a build fails for nothing, and lint is switched off",
        ),
        "fault-unnamed": OutcomeClass(
            title="Lint does not say at which stage the fault is",
            severity=Severity.LOW,
            why="it has to be searched for by hand",
        ),
        "work-explodes": OutcomeClass(
            title="The work of lint grows with the number of paths through a pipeline",
            severity=Severity.MEDIUM,
            why="each layer of a pipeline multiplies it: some twenty stages take minutes",
            type=FindingType.PERFORMANCE,
            promise=Capability.LINEAR_COST,
        ),
    },
    check=check,
)
