"""Stage inputs: what a stage asks of its dependencies, some of which gave nothing."""

from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing, odd_values
from production_testers.units.contract import Operation, Unit

MISSING = "missing"
"""Neutral name of the error for something that is required and was not given."""

UNDECLARED = "undeclared"
"""Neutral name of the error for a stage that is no declared dependency."""

STAGES = ("first", "second", "third")
STRANGER = "stranger"
"""A stage that is never declared."""

KEYS = ("plain", "größe", "a b")
DEFAULT = "the default"
FALSY: tuple[Json, ...] = (None, 0, "", False, [], {})
"""Given, although they are nothing to some."""


def draw(random: Random, kind: Kind) -> Usage:
    """Some dependencies gave something, some were skipped, and all of them are asked."""
    declared = random.sample(STAGES, random.randint(0, len(STAGES)))
    given: dict[str, Json] = {
        stage: {key: _value(random, kind) for key in random.sample(KEYS, random.randint(0, 3))}
        for stage in declared
        if random.random() < 0.7
    }
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 5)):
            operation = random.choice(tuple(UNIT.operations))
            arguments: dict[str, Json] = {}
            if operation != "get":
                arguments["stage"] = random.choice((*(declared or STAGES), STRANGER))
            if operation != "has":
                arguments["key"] = random.choice(KEYS)
            calls.append(drawing.call(client, number, operation, arguments))
    settings: dict[str, Json] = {"declared": list(declared), "given": given}
    return Usage(unit="stage_inputs", settings=settings, calls=tuple(calls))


def _value(random: Random, kind: Kind) -> Json:
    if random.random() < 0.4:
        return random.choice(FALSY)
    return odd_values.value(random, 1) if kind is Kind.ADVERSARIAL else random.choice((1, "one"))


def accepts(usage: Usage) -> bool:
    """Only declared stages gave something; keys are not empty, and nobody gave the default."""
    declared: Any = usage.settings["declared"]
    given: Any = usage.settings["given"]
    return (
        set(given) <= set(declared)
        and STRANGER not in declared
        and all(isinstance(members, dict) for members in given.values())
        and all(value != DEFAULT for members in given.values() for value in members.values())
        and all(call.arguments.get("key", "-") for call in usage.calls)
    )


UNIT = Unit(
    name="stage_inputs",
    does="Gives a stage what its `declared` dependencies have `given`; one that is not in `given`"
    " was skipped, and the others ended in the order in which they are declared. The default is"
    " `the default`.",
    capability=Capability.STAGE_INPUTS,
    operations={
        "get": Operation(
            does="Gives what the first dependency that gave something under a key gave; the default"
            " where none did.",
            required=("key",),
        ),
        "get_from": Operation(
            does="Gives what one dependency gave under a key; the default where it gave nothing."
            " Fails as undeclared where the stage is no declared dependency.",
            required=("stage", "key"),
            fixed=("stage",),
        ),
        "require_from": Operation(
            does="The same without a default: fails as missing where it gave nothing.",
            required=("stage", "key"),
            fixed=("stage",),
        ),
        "has": Operation(
            does="Says whether a dependency gave an output. Fails as undeclared like the others.",
            required=("stage",),
            fixed=("stage",),
        ),
    },
    draw=draw,
    accepts=accepts,
    fixed=("declared", "given"),
)
