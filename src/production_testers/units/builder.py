"""Builder: pipelines are put together, and refused before anything runs where they cannot run."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

Stage = dict[str, Json]
"""`name`, and `after`: the names of what it waits for."""

HOSTILE_NAMES = ("\N{SNOWMAN}", "a" * 300, "a b", "a.b", "0", "\ud800", "__init__")
DEEP = 1_200
"""Stages in a row that a builder's own recursion does not stand."""


def draw(random: Random, kind: Kind) -> Usage:
    """Pipelines that are right, and some with a loop, an unknown name or a name used twice."""
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 4)):
            operation = random.choice(("build", "build", "compose", "branch"))
            stages = _stages(random, kind)
            if operation == "build" and kind is not Kind.BASELINE and random.random() < 0.5:
                _spoil(random, stages)
            if operation == "build" and kind is Kind.ADVERSARIAL and random.random() < 0.05:
                stages = _chain(DEEP)
            random.shuffle(stages)
            calls.append(
                drawing.call(client, number, operation, _arguments(random, operation, stages))
            )
    return Usage(unit="builder", calls=tuple(calls))


def _stages(random: Random, kind: Kind) -> list[Stage]:
    names = [f"s{i}" for i in range(random.randint(1, 6))]
    if kind is Kind.ADVERSARIAL:
        names[-1] = random.choice(HOSTILE_NAMES)
    stages: list[Stage] = []
    for i, name in enumerate(names):
        after: list[Json] = [before for before in names[:i] if random.random() < 0.4]
        stages.append({"name": name, "after": after})
    return stages


def _chain(length: int) -> list[Stage]:
    names: list[Json] = [f"s{i}" for i in range(length)]
    return [{"name": name, "after": names[max(0, i - 1) : i]} for i, name in enumerate(names)]


def _spoil(random: Random, stages: list[Stage]) -> None:
    """One thing that makes it impossible."""
    way, stage = random.choice(("loop", "self", "unknown", "twice")), random.choice(stages)
    after: Any = stage["after"]
    if way == "loop":
        last: Any = stages[-1]["after"]
        first: Any = stages[0]["after"]
        last.append(stages[0]["name"])
        first.append(stages[-1]["name"])
    elif way == "self":
        after.append(stage["name"])
    elif way == "unknown":
        after.append("nobody")
    else:
        stages.append({"name": stage["name"], "after": []})


def _arguments(random: Random, operation: str, stages: list[Stage]) -> Mapping[str, Json]:
    if operation == "build":
        return {"stages": stages}
    cut = random.randint(1, len(stages))
    last: Stage = {"name": "last", "after": []}
    first, second = stages[:cut], [*stages[cut:], last]
    if operation == "branch":
        return {"first": first, "second": second}
    if random.random() < 0.3:  # the same stage, defined in the same way
        second.append(first[0])
    return {"first": first, "second": second}


def accepts(usage: Usage) -> bool:
    """Stages have a name; parts are not impossible by themselves."""
    for call in usage.calls:
        arguments: Mapping[str, Any] = call.arguments
        parts = [stages for stages in arguments.values() if isinstance(stages, Sequence)]
        for stages in parts:
            if not stages or not all(_is_stage(stage) for stage in stages):
                return False
            names = [stage["name"] for stage in stages]
            if call.operation != "build" and len(set(names)) < len(names):
                return False
        if call.operation != "build" and not _fits(*parts):
            return False
    return True


def _is_stage(stage: Mapping[str, Any]) -> bool:
    return set(stage) == {"name", "after"} and bool(stage["name"]) and all(stage["after"])


def _fits(first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]]) -> bool:
    """Names that both parts use mean the same, and the parts together can run."""
    both = {stage["name"]: stage for stage in first}
    if any(both.get(stage["name"], stage) != stage for stage in second):
        return False
    both |= {stage["name"]: stage for stage in second}
    return is_possible(list(both.values()))


def is_possible(stages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the names are unique and known, and there is an order."""
    after = {str(stage["name"]): set(stage["after"]) for stage in stages}
    if len(after) < len(stages) or any(not names <= set(after) for names in after.values()):
        return False
    while after:
        ready = {name for name, names in after.items() if not names}
        if not ready:
            return False
        after = {name: names - ready for name, names in after.items() if name not in ready}
    return True


UNIT = Unit(
    name="builder",
    does="Puts pipelines together from stages and from other pipelines, and refuses what cannot"
    " run.",
    capability=Capability.BUILDER,
    operations={
        "build": Operation(
            does="Gives the names in an order in which they can run; refuses loops, unknown"
            " dependencies and names that are used twice.",
            required=("stages",),
        ),
        "compose": Operation(
            does="Puts two pipelines together, and gives the names in such an order.",
            required=("first", "second"),
        ),
        "branch": Operation(
            does="Goes on from the first pipeline in two ways, with the second one's stages and"
            " with one stage `other`; gives the names of all three pipelines.",
            required=("first", "second"),
        ),
    },
    draw=draw,
    accepts=accepts,
)
