"""Lazy registry: things by name, loaded by the caller's own code when one is first asked for."""

from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

LOAD = "load"
"""Label of the caller's own code that registers the names of the settings; it is no coroutine."""

UNKNOWN = "unknown"
"""Neutral name of the error for a name that is not there."""

NAMES = ("chat", "voice", "größe", "x" * 60)


def draw(random: Random, kind: Kind) -> Usage:
    """Clients that ask, list and register."""
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 5)):
            operation = random.choices(("get", "has", "names", "register"), (4, 2, 2, 1))[0]
            name = f"own {client}.{number}" if operation == "register" else random.choice(NAMES)
            arguments: dict[str, Json] = {} if operation == "names" else {"name": name}
            calls.append(
                drawing.call(
                    client, number, operation, arguments, after_ms=random.choice((0.0, 1.0))
                )
            )
    loaded = random.sample(NAMES, random.randint(0, len(NAMES)))
    return Usage(unit="lazy_registry", settings={"loaded": list(loaded)}, calls=tuple(calls))


def accepts(usage: Usage) -> bool:
    """No name is registered twice."""
    loaded: Any = usage.settings["loaded"]
    names = [call.arguments["name"] for call in usage.calls if call.operation == "register"]
    return len({*loaded, *names}) == len(loaded) + len(names)


UNIT = Unit(
    name="lazy_registry",
    does="Keeps things by name. Those of the settings are loaded by the caller's own code, once,"
    " when something is first asked for.",
    capability=Capability.LAZY_REGISTRY,
    operations={
        "get": Operation(does="Gives what has the name.", required=("name",), fixed=("name",)),
        "has": Operation(does="Says whether the name is there.", required=("name",)),
        "names": Operation(does="Lists every name."),
        "register": Operation(
            does="Takes one more thing under its name.", required=("name",), fixed=("name",)
        ),
    },
    draw=draw,
    accepts=accepts,
    fixed=("loaded",),
)
