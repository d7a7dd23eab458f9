"""Failure modes: what may still be executed after something failed."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

STOP, GO_ON, TRY_ALL = "stop", "go_on", "try_all"
"""After a failure nothing is executed any more; or what has nothing to do with it; or all."""

MODES = (STOP, GO_ON, TRY_ALL)


def _layered(random: Random) -> dict[str, list[str]]:
    """Stages and what they are behind."""
    names = [f"stage {number}" for number in range(random.randint(2, 8))]
    return {
        name: sorted(random.sample(names[:place], min(place, random.randint(0, 2))))
        for place, name in enumerate(names)
    }


def draw(random: Random, kind: Kind) -> Usage:
    """An executor that asks before each stage, and tells how it ended."""
    stages = _layered(random)
    calls = []
    share = 0.2 if kind is Kind.BASELINE else random.choice((0.2, 0.5))
    number = 0
    for name, after in stages.items():
        told: dict[str, Json] = {"stage": name}
        steps: list[tuple[str, dict[str, Json]]] = [("may_run", {**told, "after": [*after]})]
        if random.random() < share:
            told |= {"why": "ü\u200b", "recoverable": random.random() < 0.5}
            steps += [("failed", told)] * random.choice((1, 1, 2))
        else:
            steps.append(("completed", told))
        for one, arguments in steps:
            calls.append(drawing.call(0, number, one, arguments))
            number += 1
        if random.random() < 0.3:
            calls.append(drawing.call(0, number, "summary", {"total": len(stages)}))
            number += 1
    return Usage(unit="failure_modes", settings={"mode": random.choice(MODES)}, calls=tuple(calls))


def accepts(usage: Usage) -> bool:
    """Every stage completes once, or fails, some again; it was asked for before; one asks."""
    ended: set[str] = set()
    failed: set[str] = set()
    asked: set[str] = set()
    for call in usage.calls:
        stage: Any = call.arguments.get("stage")
        after: Any = call.arguments.get("after", ())
        if call.operation == "may_run":
            if not set(after) <= asked or stage in asked:
                return False
            asked.add(stage)
        elif call.operation != "summary":
            if stage not in asked or stage in ended:
                return False
            if call.operation == "failed":
                failed.add(stage)
            elif stage in failed:
                return False
            else:
                ended.add(stage)
    settings: Mapping[str, Any] = usage.settings
    return settings["mode"] in MODES and len({call.client for call in usage.calls}) == 1


UNIT = Unit(
    name="failure_modes",
    does="Keeps which stages failed and completed, and says by a mode whether another one may be"
    " executed. What is told of a stage that may not be executed is not true, and is ignored.",
    capability=Capability.FAILURE_MODES,
    operations={
        "may_run": Operation(
            does="Says whether the stage may be executed, which is behind others.",
            required=("stage", "after"),
            fixed=("stage", "after"),
        ),
        "failed": Operation(
            does="Records that the stage failed, once more where it was tried again. `recoverable`"
            " is for whoever looks at it: another attempt is none of the unit's affairs.",
            required=("stage", "why"),
            fixed=("stage",),
        ),
        "completed": Operation(
            does="Records that the stage completed.", required=("stage",), fixed=("stage",)
        ),
        "summary": Operation(
            does="Says how many stages failed and completed, and the share of `total` that did.",
            required=("total",),
        ),
    },
    draw=draw,
    accepts=accepts,
    fixed=("mode",),
)
