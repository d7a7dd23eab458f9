"""Run results: what the caller of a run asks of the results of its stages."""

from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing, odd_values
from production_testers.units.contract import Operation, Unit

MISSING = "missing"
"""Neutral name of the error for a stage that has no result."""

NOT_OK = "not_ok"
"""Neutral name of the error for a payload of a stage that did not end well."""

STATUSES = ("ok", "ok", "ok", "fail", "skip", "cancel")
NAMES = ("load", "größe", "a b", "last")
NOBODY = "nobody"
"""A stage that has no result."""


def draw(random: Random, kind: Kind) -> Usage:
    """Stages that ended in every way, and callers who ask for all of them and one more."""
    stages: dict[str, Json] = {
        name: {
            "status": random.choice(STATUSES),
            "payload": _value(random, kind),
            "summary": {"took": random.randint(0, 9)} if random.random() < 0.6 else {},
        }
        for name in random.sample(NAMES, random.randint(1, len(NAMES)))
    }
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 5)):
            operation = random.choice(tuple(UNIT.operations))
            stage = random.choice((*stages, NOBODY))
            arguments: dict[str, Json] = {} if operation == "failed" else {"stage": stage}
            calls.append(drawing.call(client, number, operation, arguments))
    return Usage(unit="run_results", settings={"stages": stages}, calls=tuple(calls))


def _value(random: Random, kind: Kind) -> Json:
    if kind is Kind.ADVERSARIAL:
        return odd_values.value(random, 1)
    return random.choice((None, 0, "", False, [], {}, 1, "one", [1], {"a": 1}))


def accepts(usage: Usage) -> bool:
    """Stages have a status, a payload and a summary."""
    stages: Any = usage.settings["stages"]
    return NOBODY not in stages and all(
        isinstance(one, dict)
        and one.get("status") in STATUSES
        and "payload" in one
        and isinstance(one.get("summary"), dict)
        for one in stages.values()
    )


_OF_STAGE: dict[str, Any] = {"required": ("stage",), "fixed": ("stage",)}
UNIT = Unit(
    name="run_results",
    does="Holds the results of a run's `stages`: how each ended, its payload and its summary.",
    capability=Capability.RUN_RESULTS,
    operations={
        "payload": Operation(
            does="Gives the payload of a stage that ended well; fails as not_ok where it did not,"
            " and as missing where it has no result.",
            **_OF_STAGE,
        ),
        "summary": Operation(
            does="Gives the summary of a stage, however it ended; fails as missing.", **_OF_STAGE
        ),
        "ok": Operation(does="Says whether a stage has a result and ended well.", **_OF_STAGE),
        "failed": Operation(does="Lists the stages that failed."),
    },
    draw=draw,
    accepts=accepts,
    fixed=("stages",),
)
