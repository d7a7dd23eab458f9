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
from production_testers.laws.lint.stages import Stated
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
        if line.outcome == "returned" and line.call.operation == "check":
            _answer(line, judgement)
    return judgement.verdict()


def _answer(line: CallLine, judgement: Judgement) -> None:
    told: Any = line.value
    given: Any = line.call.arguments["stages"]
    stages = Stated.of(given)
    judgement.judge(
        not stages.faulty or not told["valid"],
        "fault-missed",
        lambda: (
            f"call {line.key}: {sorted(stages.faulty)} cannot be executed, and nothing is wrong"
        ),
        run=line.key,
    )
    judgement.judge(
        bool(stages.faulty) or told["valid"],
        "fault-invented",
        lambda: f"call {line.key}: everything can be executed, and {told['faulty']} are wrong",
        run=line.key,
    )
    judgement.judge(
        stages.are_named(set(told["faulty"])),
        "fault-unnamed",
        lambda: (
            f"call {line.key}: {sorted(stages.missing)} are behind stages that are not there,"
            f" {sorted(stages.loops)} in loops, and {told['faulty']} are said to be wrong"
        ),
        run=line.key,
    )
    judgement.judge(
        set(told["alone"]) == stages.alone,
        "alone-wrong",
        lambda: (
            f"call {line.key}: {sorted(stages.alone)} have to do with no other stage, and"
            f" {told['alone']} are said to"
        ),
        run=line.key,
    )
    dependencies = sum(map(len, stages.after.values()))
    pairs = len(stages.after) * (len(stages.after) + dependencies)
    judgement.judge(
        told["calls"] <= CALLS_PER_PAIR * pairs + 100,
        "work-explodes",
        lambda: (
            f"call {line.key}: {told['calls']} calls for {len(stages.after)} stages, which have"
            f" {dependencies} dependencies"
        ),
        run=line.key,
    )


LAW = Law(
    id="lint/faults",
    statement="Lint finds a fault exactly where a stage is behind one that is not there or, in the"
    " end, behind itself; names each of the first kind and one of each loop, and those that have to"
    " do with no other; and needs no more work than looking at every stage and dependency from"
    " every stage.",
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
        "alone-wrong": OutcomeClass(
            title="Lint tells wrongly which stages have to do with no other",
            severity=Severity.LOW,
            why="a stage that somebody forgot to connect stays unseen",
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
