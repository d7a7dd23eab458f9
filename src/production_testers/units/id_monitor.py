"""Id monitor: notices identifiers that are used again within a window."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

TOLD = "told"
"""What the unit emits for each identifier: its name, and whether it was used before."""


def draw(random: Random, kind: Kind) -> Usage:
    """A few identifiers again and again, with pauses around the length of the window."""
    window_ms = random.choice((1_000, 2_000, 5_000))
    names = random.choice(("ab", "abcdef", "abcdefghijkl"))
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(2, 9)):
            arguments = {"id": random.choice(names)}
            after_ms = random.choice(
                (0.0, 0.0, 1.0, window_ms * 0.1, window_ms * 0.6, window_ms * 1.1)
            )
            calls.append(drawing.call(client, number, "observe", arguments, after_ms=after_ms))
    return Usage(
        unit="id_monitor",
        settings={"window_ms": window_ms, "capacity": random.choice((2, 5, 50_000))},
        calls=tuple(calls),
    )


def accepts(usage: Usage) -> bool:
    """The window is not shorter than a second, and something is remembered."""
    settings: Mapping[str, Any] = usage.settings
    return bool(settings["window_ms"] >= 1_000 and settings["capacity"] >= 2)


UNIT = Unit(
    name="id_monitor",
    does="Says of each identifier whether it was used before, within the window and among the last"
    " ones that its capacity remembers.",
    capability=Capability.ID_MONITOR,
    operations={
        "observe": Operation(
            does="Notes the identifier, and says whether it is known.",
            required=("id",),
            fixed=("id",),
        )
    },
    draw=draw,
    accepts=accepts,
)
