"""Lint: says before anything is built what is wrong with the dependencies of stages."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

FORMS = ("value", "factory")
"""How a pipeline stands in a file: it, or a function without parameters that makes it."""

ALONE, THERE = 0.2, 0.9
"""Shares of pipelines with a stage that stands alone, and of files that are there."""


def _layers(random: Random, deep: int, wide: int, *, dense: bool) -> dict[str, list[str]]:
    """Stages in layers, each behind some or, where it is dense, all of the layer before."""
    stages: dict[str, list[str]] = {}
    before: list[str] = []
    for layer in range(deep):
        names = [f"s{layer}.{place}" for place in range(wide if dense else random.randint(1, wide))]
        for name in names:
            least = len(before) if dense else min(1, len(before))
            stages[name] = sorted(random.sample(before, random.randint(least, len(before))))
        before = names
    return stages


def _spoilt(random: Random, stages: dict[str, list[str]]) -> dict[str, list[str]]:
    """With one fault: a stage behind itself, behind one that is not there, or a loop."""
    names = list(stages)
    one = random.choice(names)
    other = random.choice((one, "not there", *names))
    return {**stages, one: sorted({*stages[one], other})}


def _alone(random: Random, stages: dict[str, list[str]]) -> dict[str, list[str]]:
    """With one stage that has to do with no other, now and then."""
    return {**stages, "alone": []} if random.random() < ALONE else stages


def _in_a_file(random: Random) -> dict[str, Json]:
    """How the command is called, and in what form the stages stand in the file."""
    return {
        "there": random.random() < THERE,
        "form": random.choice(FORMS),
        "strict": random.random() < 0.5,
    }


def draw(random: Random, kind: Kind) -> Usage:
    """Pipelines, about half of which have a fault or two; one in three stands in a file."""
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 3)):
            large = kind is Kind.STRESS and (client, number) == (0, 0)
            deep = 7 if large else random.randint(1, 4)
            stages = _layers(random, deep, 3, dense=large)
            stages = _alone(random, stages)
            for _ in range(random.choice((0, 0, 1, 1, 2))):
                stages = _spoilt(random, stages)
            listed: list[Json] = [
                {"name": name, "after": [*after]} for name, after in stages.items()
            ]
            operation = "check" if large else random.choice(("check", "check", "command"))
            more = _in_a_file(random) if operation == "command" else {}
            calls.append(drawing.call(client, number, operation, {"stages": listed, **more}))
    return Usage(unit="lint", calls=tuple(calls))


def accepts(usage: Usage) -> bool:
    """There are stages, each with a name of its own, and behind others once."""
    for call in usage.calls:
        stages: Any = call.arguments.get("stages")
        if not stages or not all(isinstance(one, Mapping) and "after" in one for one in stages):
            return False
        names = [one.get("name") for one in stages]
        if len(set(names)) != len(names) or "" in names:
            return False
        if any(len(set(one["after"])) != len(one["after"]) for one in stages):
            return False
        if call.operation == "command" and call.arguments.get("form") not in FORMS:
            return False
    return True


UNIT = Unit(
    name="lint",
    does="Looks at stages and what they are behind, and says whether they can be executed, which of"
    " them are at fault, which have to do with no other, and how many of the unit's own functions"
    " were called for that.",
    capability=Capability.LINT,
    operations={
        "check": Operation(
            does="Says whether the stages can be executed, and where they cannot, at which.",
            required=("stages",),
            fixed=("stages",),
        ),
        "command": Operation(
            does="The same of stages that stand in a file, by the command line: its status, and"
            " what it wrote for machines. Strict is who also minds stages that stand alone.",
            required=("stages", "there", "form", "strict"),
            fixed=("stages",),
            capability=Capability.LINT_COMMAND,
        ),
    },
    draw=draw,
    accepts=accepts,
)
