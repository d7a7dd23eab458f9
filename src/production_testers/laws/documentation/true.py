"""What documentation shows is there, and can be called as shown."""

from collections.abc import Mapping
from typing import Any

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

_WAYS: Mapping[str, tuple[str, str]] = {
    "module": ("module-broken", "is delivered, and cannot be imported"),
    "parameters": ("parameter-unknown", "documents parameters that it does not accept"),
    "example": ("example-wrong", "shows what cannot be done"),
    "command": ("command-broken", "is listed by the help, and wants to execute what is not there"),
}


def check(observation: Observation) -> Verdict:
    """Judge every page on which something can be tried."""
    judgement = Judgement()
    for line in calls_of(observation):
        told: Any = line.value
        if line.outcome != "returned" or not isinstance(told, Mapping) or not told.get("shown"):
            continue
        way, words = _WAYS[line.call.operation]
        judgement.judge(
            not told["wrong"],
            way,
            lambda told=told, words=words: (  # type: ignore[misc]
                f"{told['of']} {words}: {'; '.join(map(str, told['wrong'][:3]))}"
            ),
            run=line.key,
        )
    return judgement.verdict()


LAW = Law(
    id="documentation/true",
    statement="Every public module that is delivered can be imported; every parameter that is"
    " documented is accepted; what examples import is there; the calls that they show can be"
    " made; and what the commands of the command line execute is delivered.",
    category=Category.CORRECTNESS,
    capability=Capability.DOCUMENTATION,
    units=frozenset({"documentation"}),
    classes={
        "module-broken": OutcomeClass(
            title="A public module that is delivered cannot be imported",
            severity=Severity.MEDIUM,
            why="nothing in it can be used, and tools that walk through the package stop",
        ),
        "command-broken": OutcomeClass(
            title="A command executes a file that is not delivered",
            severity=Severity.MEDIUM,
            why="who calls it as the help says gets an error of the interpreter",
        ),
        "parameter-unknown": OutcomeClass(
            title="A documented parameter is not accepted",
            severity=Severity.LOW,
            why="who follows the documentation gets an error",
            type=FindingType.IMPROVEMENT,
        ),
        "example-wrong": OutcomeClass(
            title="An example in the documentation cannot be executed",
            severity=Severity.LOW,
            why="examples are what people begin with",
            type=FindingType.IMPROVEMENT,
        ),
    },
    check=check,
)
