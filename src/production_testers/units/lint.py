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


def draw(random: Random, kind: Kind) -> Usage:
    """Pipelines, about half of which have a fault or two."""
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 3)):
            large = kind is Kind.STRESS and (client, number) == (0, 0)
            deep = 7 if large else random.randint(1, 4)
            stages = _layers(random, deep, 3, dense=large)
            for _ in range(random.choice((0, 0, 1, 1, 2))):
                stages = _spoilt(random, stages)
            listed: list[Json] = [
                {"name": name, "after": [*after]} for name, after in stages.items()
            ]
            calls.append(drawing.call(client, number, "check", {"stages": listed}))
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
    return True


UNIT = Unit(
    name="lint",
    does="Looks at stages and what they are behind, and says whether they can be executed, which of"
    " them are at fault, and how many of the unit's own functions were called for that.",
    capability=Capability.LINT,
    operations={
        "check": Operation(
            does="Says whether the stages can be executed, and where they cannot, at which.",
            required=("stages",),
            fixed=("stages",),
        )
    },
    draw=draw,
    accepts=accepts,
)
